use std::sync::Arc;

use serde_json::Value;

use super::content::Fields;

/// How a request changes a session: field by field, so that it can be applied to whatever the
/// session has become meanwhile.
#[derive(Clone, Default)]
pub(crate) struct Edit {
    set: Vec<(String, Value)>,
    removed: Vec<String>,
    updates: Vec<(String, Arc<Update>)>,
}

/// Makes a field's new value of its present one; none if it can't be made of it.
pub(crate) type Update = dyn Fn(Option<&Value>) -> Option<Value> + Send + Sync;

/// The present value of a field does not fit the type that `update` was called with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unfit;

impl Edit {
    /// What was changed from `before` to `after`, apart from the updates.
    pub(crate) fn between(before: &Fields, after: &Fields) -> Self {
        let is_new = |(name, value): &(&String, &Value)| before.get(*name) != Some(*value);
        let set = after.iter().filter(is_new).map(|(name, value)| (name.clone(), value.clone()));
        let removed = before.keys().filter(|name| !after.contains_key(*name)).cloned();
        Self { set: set.collect(), removed: removed.collect(), updates: Vec::new() }
    }

    /// Has these fields made of their present values, in this order, rather than set.
    pub(crate) fn with_updates(mut self, updates: Vec<(String, Arc<Update>)>) -> Self {
        let is_updated = |name: &String| updates.iter().any(|(updated, _)| updated == name);
        self.set.retain(|(name, _)| !is_updated(name));
        self.removed.retain(|name| !is_updated(name));
        self.updates = updates;
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.removed.is_empty() && self.updates.is_empty()
    }

    /// Changes the fields.
    pub(crate) fn apply(&self, fields: &mut Fields) -> Result<(), Unfit> {
        for name in &self.removed {
            fields.remove(name);
        }
        for (name, value) in &self.set {
            fields.insert(name.clone(), value.clone());
        }
        for (name, update) in &self.updates {
            let value = update(fields.get(name)).ok_or(Unfit)?;
            fields.insert(name.clone(), value);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, i64)]) -> Fields {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect()
    }

    fn increment(value: Option<&Value>) -> Option<Value> {
        let value = value.map_or(Some(0), Value::as_i64)?;
        Some(Value::from(value + 1))
    }

    #[test]
    fn an_edit_leaves_the_fields_alone_that_it_does_not_name() {
        let edit = Edit::between(&fields(&[("a", 1), ("b", 1)]), &fields(&[("a", 2)]));
        let mut now = fields(&[("a", 1), ("b", 1), ("c", 3)]);
        edit.apply(&mut now).unwrap();
        assert_eq!(now, fields(&[("a", 2), ("c", 3)]));
    }

    #[test]
    fn nothing_changed_is_an_empty_edit() {
        assert!(Edit::between(&fields(&[("a", 1)]), &fields(&[("a", 1)])).is_empty());
    }

    #[test]
    fn an_update_starts_from_the_value_that_it_finds() {
        let before = fields(&[("n", 1)]);
        let after = fields(&[("n", 2)]);
        let updates: Vec<(String, Arc<Update>)> = vec![("n".into(), Arc::new(increment))];
        let edit = Edit::between(&before, &after).with_updates(updates);
        let mut now = fields(&[("n", 41)]);
        edit.apply(&mut now).unwrap();
        assert_eq!(now, fields(&[("n", 42)]));
    }

    #[test]
    fn an_update_of_a_value_that_does_not_fit_is_refused() {
        let updates: Vec<(String, Arc<Update>)> = vec![("n".into(), Arc::new(increment))];
        let edit = Edit::default().with_updates(updates);
        let mut now = Fields::from([("n".to_owned(), Value::from("text"))]);
        assert_eq!(edit.apply(&mut now), Err(Unfit));
    }
}
