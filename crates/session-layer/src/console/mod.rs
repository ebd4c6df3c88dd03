#![doc = include_str!("console.md")]

mod alert;
mod asset;
mod builder;
mod chart;
#[expect(clippy::module_inception, reason = "the file is named after the type")]
mod console;
mod durations;
mod end;
mod feed;
mod figures;
mod headers;
mod history;
mod node;
mod overview;
mod page;
mod permission;
mod rejection;
mod search;
mod totals;
mod unit;

pub use builder::ConsoleBuilder;
pub use console::Console;
pub use figures::Figures;
pub use node::Node;
