//! No file depends on one that depends on it.

use crate::graph;
use crate::graph::Graph;

/// All circles of files, in words.
pub(crate) fn circles(graph: &Graph) -> Vec<String> {
    graph.circles().into_iter().map(|circle| graph.describe(&circle)).collect()
}

#[test]
fn no_files_form_a_circle() {
    let circles = circles(graph());
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}
