//! The binary `packwright`.
fn main() {}
