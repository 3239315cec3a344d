//! The `pushlint` binary.

fn main() {}
