//! What the tests share.

#[path = "fixtures.rs"]
mod fixtures;

pub(crate) use fixtures::{check_golden, fixture, fixture_path};

pub(crate) fn json(name: &str) -> serde_json::Value {
    serde_json::from_str(&fixture(name)).expect(name)
}
