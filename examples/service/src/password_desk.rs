use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use http::StatusCode;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::{Refusal, User, Users};

/// How long a login may take, with its turn to wait for.
const DEADLINE: Duration = Duration::from_secs(5);

/// When to come back where too many log in at once.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Checks passwords, only as many at once as there are processors. Clones share the places.
#[derive(Clone, Debug)]
pub struct PasswordDesk {
    users: Arc<Users>,
    places: Arc<Semaphore>,
}

impl PasswordDesk {
    /// A desk for these users.
    pub fn new(users: Users) -> Self {
        let places = available_parallelism().map_or(1, usize::from);
        Self { users: Arc::new(users), places: Arc::new(Semaphore::new(places)) }
    }

    /// The user of this name, if the password is the right one. It takes as long for a name that
    /// nobody has.
    ///
    /// # Errors
    /// A 503 where there are too many logins at once.
    pub async fn check(
        &self,
        name: String,
        password: String,
    ) -> Result<Option<Arc<User>>, Refusal> {
        let checked = timeout(DEADLINE, self.check_in_turn(name, password)).await;
        checked.unwrap_or_else(|_| Err(busy()))
    }

    /// Whether the user of this name has this role.
    pub fn has_role(&self, name: &str, role: &str) -> bool {
        self.users.has_role(name, role)
    }

    /// The place is given back when the work is done, not when the client stops to wait for it.
    async fn check_in_turn(
        &self,
        name: String,
        password: String,
    ) -> Result<Option<Arc<User>>, Refusal> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| busy())?;
        let users = Arc::clone(&self.users);
        let checked = spawn_blocking(move || {
            let user = users.check(&name, &password);
            drop(place);
            user
        });
        checked.await.map_err(|_| Refusal::internal())
    }
}

fn busy() -> Refusal {
    let detail = "too many users are logging in at the moment";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail).retry_after(RETRY_AFTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(places: usize) -> PasswordDesk {
        let (users, _) = Users::demo(&["demo"]).unwrap();
        PasswordDesk { places: Arc::new(Semaphore::new(places)), ..PasswordDesk::new(users) }
    }

    async fn check(desk: &PasswordDesk) -> Result<Option<String>, Refusal> {
        let user = desk.check("demo".to_owned(), "wrong".to_owned()).await?;
        Ok(user.map(|user| user.name.clone()))
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_too_long_for_a_turn_is_told_to_come_back() {
        assert_eq!(check(&desk(0)).await, Err(busy()));
    }

    #[tokio::test]
    async fn a_place_is_kept_until_the_work_is_done() {
        let desk = desk(1);
        tokio::select! {
            biased;
            _ = check(&desk) => unreachable!("it takes longer than that"),
            () = tokio::task::yield_now() => {}
        }
        assert_eq!(desk.places.available_permits(), 0);
        assert_eq!(check(&desk).await, Ok(None));
    }
}
