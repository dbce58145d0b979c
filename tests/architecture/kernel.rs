//! The kernel names no feature, and stays small.

use crate::graph::Graph;
use crate::{graph, room_of, sources, text_of};
use std::collections::BTreeSet;

/// The only rooms that the kernel may name: none of them is a feature.
const GROUND: [&str; 14] = [
    "actor",
    "config",
    "digest",
    "entities",
    "error",
    "event_list",
    "outcome",
    "panics",
    "random",
    "record",
    "store",
    "tie",
    "time",
    "kernel",
];

/// The most lines of the kernel.
const LINES: usize = 2_400;

/// What the kernel names and may not know.
pub(crate) fn not_of_the_ground(graph: &Graph) -> Vec<&str> {
    let named: BTreeSet<&str> = graph
        .arrows()
        .filter(|(from, ..)| from.starts_with("src/kernel/"))
        .map(|(_, to, _)| room_of(to))
        .filter(|room| !GROUND.contains(room))
        .collect();
    named.into_iter().collect()
}

#[test]
fn the_kernel_names_no_feature() {
    let named = not_of_the_ground(graph());
    assert!(named.is_empty(), "the kernel names {named:?}, which it may not know");
}

#[test]
fn the_kernel_stays_small() {
    let files = sources("src/kernel");
    let lines: usize = files.iter().map(|file| text_of(file).lines().count()).sum();
    assert!((1_000..=LINES).contains(&lines), "the kernel has {lines} lines, at most {LINES}");
}
