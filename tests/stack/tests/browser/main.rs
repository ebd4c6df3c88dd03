//! The shop, the console of its operators and a client of the API in a real browser: headless
//! Chromium, which chromedriver steers.
//!
//! Every test has an example and a browser with a profile of its own; all share one chromedriver. One
//! that is not installed fails them all.

mod accessibility;
mod browser;
mod console;
mod cookie;
mod devices;
mod driver;
mod element;
mod front;
mod guard;
mod history;
mod no_script;
mod restart;
mod screen;
mod secure;
mod session;
mod shop;
mod tabs;
mod visitors;
