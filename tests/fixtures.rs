//! Fixtures: reading them, and holding results to them.

use std::path::{Path, PathBuf};

pub(crate) fn fixture_path(name: &str) -> PathBuf {
    // The command's tests stand one folder deeper.
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixtures = package.join("fixtures");
    if fixtures.is_dir() { fixtures.join(name) } else { package.join("../fixtures").join(name) }
}

pub(crate) fn fixture(name: &str) -> String {
    let path = fixture_path(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Compares a result with a recorded one and shows the first difference.
/// With `FLAGFALL_BLESS=1` in the environment, records it instead.
pub(crate) fn check_golden(name: &str, actual: &str) {
    if std::env::var_os("FLAGFALL_BLESS").is_some() {
        std::fs::write(fixture_path(name), actual).expect(name);
        return;
    }
    let golden = fixture(name);
    let first = golden.lines().zip(actual.lines()).position(|(old, new)| old != new);
    if let Some(line) = first {
        panic!(
            "fixtures/{name}, line {}: recorded {:?}, now {:?}; \
             if the change is meant, record it with FLAGFALL_BLESS=1",
            line + 1,
            golden.lines().nth(line).unwrap_or_default(),
            actual.lines().nth(line).unwrap_or_default(),
        );
    }
    assert_eq!(golden.lines().count(), actual.lines().count(), "fixtures/{name}: length");
}
