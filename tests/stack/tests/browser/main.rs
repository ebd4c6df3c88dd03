//! The shop, and the console of its operators, in a real browser: headless Chromium, which chromedriver steers.
//!
//! Every test has a shop and a browser with a profile of its own; all share one chromedriver. One
//! that is not installed fails them all.

mod accessibility;
mod browser;
mod console;
mod cookie;
mod devices;
mod driver;
mod element;
mod guard;
mod history;
mod no_script;
mod restart;
mod screen;
mod session;
mod shop;
mod tabs;
mod visitors;
