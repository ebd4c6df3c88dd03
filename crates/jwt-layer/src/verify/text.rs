use std::ops::Range;

/// A string of a JSON text: where it stands, or itself if it had escapes. It fits into two
/// registers, which makes reading a third faster.
#[derive(Clone, Debug)]
pub(super) enum Text {
    At(Place),
    Own(Box<Box<str>>),
}

/// Start and end, in the halves of one word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place(u64);

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
        let (start, end) = (u32::try_from(start).ok()?, u32::try_from(end).ok()?);
        Some(Self::At(Place((u64::from(start) << 32) | u64::from(end))))
    }

    /// The string, given the text that it was read from.
    #[inline]
    pub(super) fn get<'a>(&'a self, text: &'a str) -> &'a str {
        match self {
            Self::Own(own) => own,
            Self::At(place) => place.range().and_then(|range| text.get(range)).unwrap_or_default(),
        }
    }
}

impl Place {
    fn range(self) -> Option<Range<usize>> {
        let start = usize::try_from(self.0 >> 32).ok()?;
        let end = usize::try_from(self.0 & u64::from(u32::MAX)).ok()?;
        Some(start..end)
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
