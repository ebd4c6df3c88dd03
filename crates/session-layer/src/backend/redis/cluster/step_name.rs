use super::super::names::session_key;
use crate::backend::SessionKey;

/// What tells a step over several keys from all others, as 60 bytes: the session that it is about,
/// and a number by chance.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct StepName {
    text: String,
}

/// The length of a key as a text.
const KEY: usize = 43;

impl StepName {
    pub(super) fn about(key: &SessionKey) -> Self {
        Self { text: format!("{key}:{:016x}", fastrand::u64(..)) }
    }

    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let (key, number) = text.split_at_checked(KEY)?;
        session_key(key)?;
        let is_number = |number: &[u8]| {
            number.len() == 16 && number.iter().all(|digit| digit.is_ascii_hexdigit())
        };
        number.strip_prefix(b":").filter(|number| is_number(number))?;
        Some(Self { text: String::from_utf8(text.to_vec()).ok()? })
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The key of the session and the number, as texts.
    pub(super) fn parts(&self) -> (&str, &str) {
        self.text.split_once(':').unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_again() {
        let name = StepName::about(&SessionKey::of_id("abc"));
        assert_eq!(name.as_bytes().len(), 60);
        assert!(StepName::read(name.as_bytes()) == Some(name));
    }

    #[test]
    fn two_steps_about_a_session_are_told_apart() {
        let key = SessionKey::of_id("abc");
        assert!(StepName::about(&key) != StepName::about(&key));
    }

    #[test]
    fn what_is_no_name_is_not_read() {
        let name = StepName::about(&SessionKey::of_id("abc"));
        let wrong = name.text.replace(':', "-");
        for text in ["", "abc", wrong.as_str(), &name.text[..59], &format!("{}0", name.text)] {
            assert!(StepName::read(text.as_bytes()).is_none(), "{text}");
        }
    }
}
