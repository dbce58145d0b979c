//! No file depends on one that depends on it.

use std::collections::BTreeSet;

use crate::graph;
use crate::graph::Graph;

/// Folders that still have circles, each within itself. They go, one after the other.
pub(crate) const KNOWN: [&str; 4] = [
    "cli/src/models/actor_tree/",
    "cli/src/models/queue/",
    "cli/src/models/taxi_fleet/",
    "cli/src/report/page/",
];

/// Circles that no known folder has, in words.
pub(crate) fn new_circles(graph: &Graph, known: &[&str]) -> Vec<String> {
    let is_known = |circle: &BTreeSet<&str>| known.iter().any(|folder| lies_in(circle, folder));
    let circles = graph.circles().into_iter().filter(|circle| !is_known(circle));
    circles.map(|circle| graph.describe(&circle)).collect()
}

/// Known folders that have no circle.
pub(crate) fn mended<'a>(graph: &Graph, known: &[&'a str]) -> Vec<&'a str> {
    let circles = graph.circles();
    let is_mended = |folder: &&str| !circles.iter().any(|circle| lies_in(circle, folder));
    known.iter().copied().filter(is_mended).collect()
}

fn lies_in(circle: &BTreeSet<&str>, folder: &str) -> bool {
    circle.iter().all(|file| file.starts_with(folder))
}

#[test]
fn no_files_form_a_circle() {
    let graph = graph();
    let circles = new_circles(graph, &KNOWN);
    assert!(circles.is_empty(), "{}", circles.join("\n"));
    let mended = mended(graph, &KNOWN);
    assert!(mended.is_empty(), "{mended:?}: no circle any more; remove it from KNOWN");
}
