//! An application that was written for axum-login and axum-messages, on our layer, and on the layers
//! of tower-sessions and axum-login with our backends: a login page, a protected one, a logout, and
//! messages that the next page shows.

#![expect(clippy::unwrap_used, reason = "a test")]

mod app;
mod browser;
mod scenario;

macro_rules! scenarios {
    ($browser:expr) => {
        scenarios! { $browser =>
            a_guest_is_led_to_the_login
            a_user_logs_in_sees_the_page_and_logs_out
            a_wrong_password_is_told_on_the_next_page
            a_login_gives_a_new_id_and_keeps_the_cart
        }
    };
    ($browser:expr => $($scenario:ident)*) => {
        $(
            #[tokio::test]
            async fn $scenario() {
                crate::scenario::$scenario($browser.await).await;
            }
        )*
    };
}

mod on_session_layer {
    use crate::app::on_session_layer;
    use crate::browser::Browser;

    async fn browser() -> Browser {
        Browser::of(on_session_layer(), ())
    }

    scenarios!(browser());
}

#[cfg(feature = "tower-store")]
mod on_memory {
    use session_layer::backend::{AsSessionStore, MemoryBackend};

    use crate::app::on_store;
    use crate::browser::Browser;

    async fn browser() -> Browser {
        Browser::of(on_store(AsSessionStore::new(MemoryBackend::new())), ())
    }

    scenarios!(browser());
}

#[cfg(all(feature = "tower-store", feature = "sqlite"))]
mod on_sqlite {
    use session_layer::backend::{AsSessionStore, SqliteBackend};
    use tempfile::TempDir;

    use crate::app::on_store;
    use crate::browser::Browser;

    async fn browser() -> Browser {
        let folder = TempDir::new().unwrap();
        let backend = SqliteBackend::open(folder.path().join("sessions.db")).await.unwrap();
        Browser::of(on_store(AsSessionStore::new(backend)), folder)
    }

    scenarios!(browser());
}

#[cfg(all(feature = "tower-store", feature = "redis"))]
mod on_redis {
    use session_layer::backend::{AsSessionStore, RedisBackend};
    use test_servers::{PATIENCE, Redis};

    use crate::app::on_store;
    use crate::browser::Browser;

    async fn browser() -> Browser {
        let server = Redis::start().await.unwrap();
        let backend = RedisBackend::builder(server.url()).timeout(PATIENCE);
        let backend = backend.connect_timeout(PATIENCE).build().unwrap();
        Browser::of(on_store(AsSessionStore::new(backend)), server)
    }

    scenarios!(browser());
}
