/// How long the load goes on around a fault.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pace {
    /// How many requests are sent before it, while it lasts and after it.
    pub requests: u64,
    /// How many users there are.
    pub shoppers: usize,
}

impl Pace {
    /// To be part of all tests.
    pub const SHORT: Self = Self { requests: 300, shoppers: 8 };
    /// To be measured.
    pub const LONG: Self = Self { requests: 1_000, shoppers: 16 };
}
