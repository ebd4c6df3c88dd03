/// A string of a JSON text: where it stands, or itself if it had escapes.
#[derive(Clone, Debug)]
pub(super) enum Text {
    At { start: u32, end: u32 },
    Own(Box<str>),
}

/// One string or an array of strings, as `aud` may be (RFC 7519 section 4.1.3).
#[derive(Clone, Debug, Default)]
pub(super) enum Texts {
    #[default]
    Absent,
    One(Text),
    Many(Box<[Text]>),
}

impl Text {
    pub(super) fn at(start: usize, end: usize) -> Option<Self> {
        Some(Self::At { start: u32::try_from(start).ok()?, end: u32::try_from(end).ok()? })
    }

    /// The string, given the text that it was read from.
    #[inline]
    pub(super) fn get<'a>(&'a self, text: &'a str) -> &'a str {
        match self {
            Self::Own(own) => own,
            Self::At { start, end } => match (usize::try_from(*start), usize::try_from(*end)) {
                (Ok(start), Ok(end)) => text.get(start..end).unwrap_or_default(),
                _ => "",
            },
        }
    }
}

impl Texts {
    pub(super) fn iter<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let texts = match self {
            Self::Absent => &[],
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        };
        texts.iter().map(|part| part.get(text))
    }
}
