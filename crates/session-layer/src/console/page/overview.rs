use std::time::SystemTime;

use maud::{Markup, html};

use super::layout::Page;
use super::{alerts, charts, events, keys, nodes};
use crate::console::alert::Alert;
use crate::console::chart::Chart;
use crate::console::feed::Happening;
use crate::console::node::Reported;

/// All that an operator looks at.
pub(in crate::console) struct Overview {
    pub(in crate::console) now: SystemTime,
    pub(in crate::console) alerts: [Alert; 4],
    pub(in crate::console) charts: Vec<Chart>,
    /// Each issuer, and when its keys were last fetched.
    pub(in crate::console) keys: Vec<(String, SystemTime)>,
    /// None while the store can't be asked.
    pub(in crate::console) nodes: Option<Vec<Reported>>,
    pub(in crate::console) events: Vec<Happening>,
}

impl Overview {
    pub(in crate::console) fn page(&self) -> Page {
        Page::new("Overview", self.content())
    }

    /// What has an id and the class `live` is replaced by the script as time goes on; nothing in
    /// there can have the focus.
    fn content(&self) -> Markup {
        html! {
            (alerts::alerts(&self.alerts))
            (charts::charts(&self.charts))
            (nodes::nodes(self.nodes.as_deref(), self.now))
            @if !self.keys.is_empty() { (keys::keys(&self.keys, self.now)) }
            (events::events(&self.events))
        }
    }
}
