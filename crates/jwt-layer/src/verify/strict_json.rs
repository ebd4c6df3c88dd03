//! JSON as a token may hold it: names stand once in an object, and nesting is bounded.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use smallvec::SmallVec;

/// How deep objects and arrays may nest, the outermost included.
const MAX_DEPTH: usize = 16;

/// What the parsed form of a text costs at most in memory, in bytes: the form of
/// [`serde_json::Value`], the largest that claims usually take.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost(usize);

impl Cost {
    const OBJECT: usize = 656;
    const MEMBER: usize = 112;
    const ELEMENT: usize = 64;
    const STRING: usize = 32;

    pub(crate) fn bytes(self) -> usize {
        self.0
    }

    fn add(&mut self, bytes: usize) {
        self.0 = self.0.saturating_add(bytes);
    }

    pub(super) fn object(&mut self) {
        self.add(Self::OBJECT);
    }

    pub(super) fn member(&mut self, name: &str) {
        self.add(Self::MEMBER.saturating_add(Self::STRING).saturating_add(name.len()));
    }

    pub(super) fn string(&mut self, text: &str) {
        self.add(Self::STRING.saturating_add(text.len()));
    }
}

/// A string that borrows from the text unless it has escapes.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Str<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// A member's name. `Cow` alone never borrows, and the derive of a newtype needs no more than this.
pub(super) type Name<'a> = Str<'a>;

/// The names that an object has had so far.
#[derive(Default)]
pub(super) struct Names<'a> {
    first: SmallVec<[Cow<'a, str>; 12]>,
    rest: HashSet<Cow<'a, str>>,
}

impl<'a> Names<'a> {
    /// Notes a name; an error if it is there already.
    pub(super) fn note<E: de::Error>(&mut self, name: Cow<'a, str>) -> Result<(), E> {
        if self.first.contains(&name) || self.rest.contains(&name) {
            return Err(E::custom("a member name stands twice"));
        }
        if self.first.len() < self.first.inline_size() {
            self.first.push(name);
        } else {
            self.rest.insert(name);
        }
        Ok(())
    }
}

/// Checks a value that nothing here reads.
pub(super) struct Checked<'c> {
    depth: usize,
    cost: &'c mut Cost,
}

impl<'c> Checked<'c> {
    /// A member of the outermost object.
    pub(super) fn member(cost: &'c mut Cost) -> Self {
        Self { depth: 1, cost }
    }

    fn inner<E: de::Error>(&mut self) -> Result<Checked<'_>, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom("nested too deeply"));
        }
        Ok(Checked { depth: self.depth + 1, cost: self.cost })
    }
}

impl<'de> DeserializeSeed<'de> for Checked<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Checked<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.cost.string(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while elements.next_element_seed(self.inner::<A::Error>()?)?.is_some() {
            self.cost.add(Cost::ELEMENT);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        self.inner::<A::Error>()?;
        self.cost.object();
        let mut names = Names::default();
        while let Some(Str(name)) = members.next_key::<Name<'de>>()? {
            self.cost.member(&name);
            names.note::<A::Error>(name)?;
            members.next_value_seed(self.inner::<A::Error>()?)?;
        }
        Ok(())
    }
}

/// Reads a value of a type, or says that the token is malformed.
pub(super) fn once<'de, A, T>(slot: &mut Option<T>, members: &mut A) -> Result<(), A::Error>
where
    A: MapAccess<'de>,
    T: Deserialize<'de>,
{
    if slot.is_some() {
        return Err(A::Error::custom("a member name stands twice"));
    }
    *slot = Some(members.next_value()?);
    Ok(())
}
