//! Grids of many points.

use super::{Place, stderr};
use std::time::Instant;

fn levels(count: usize) -> String {
    (1..=count).map(|level| level.to_string()).collect::<Vec<_>>().join(",")
}

#[test]
fn too_many_points_are_refused_at_once() {
    let place = Place::new("too-many");
    let thousand = levels(1_000);
    let start = Instant::now();
    let study = format!("taxi --set fleet={thousand} --set seed={thousand} --replications 1");
    let output = place.sweep("days", &study).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let told = stderr(&output);
    assert!(told.contains("1000000 points, and 100000 are the most: give fewer levels"), "{told}");
    assert!(start.elapsed().as_secs() < 10);
    assert!(!place.join("days").exists());
}

/// Parsing a point costs what its own words cost, not what the command line has options: this
/// build is not optimised, and took a minute for a third of them.
#[test]
fn a_thousand_points_do_not_take_a_minute() {
    let place = Place::new("many");
    let study = format!("taxi --rides 1 --set seed={} --replications 1", levels(1_000));
    let start = Instant::now();
    let first = place.swept("days", &study);
    assert!(place.swept("days", &study) == first);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    // A line a point.
    for name in ["manifest.json", "summary.json"] {
        let lines = first[name].iter().filter(|byte| **byte == b'\n').count();
        assert!((1_000..1_100).contains(&lines), "{name} has {lines} lines");
    }
}
