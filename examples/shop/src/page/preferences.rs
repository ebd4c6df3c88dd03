use std::collections::BTreeMap;

use maud::html;

use super::Page;
use crate::preferences::Preference;

/// All preferences, and a form to set one.
pub(crate) fn preferences(preferences: &BTreeMap<String, Preference>) -> Page {
    let content = html! {
        table {
            tr { th { "Preference" } th { "Value" } }
            @for (name, value) in preferences {
                tr { td { (name) } td { (value) } }
            }
        }
        form method="post" action="/preferences" {
            label { "Preference" input name="name" value="language" maxlength="64" required; }
            label { "Value" input name="value" maxlength="256"; }
            button { "Set" }
        }
    };
    Page::new("Preferences", content)
}
