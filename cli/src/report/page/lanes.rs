//! The resources of a run over virtual time, for the script of a page.

use flagfall::resource::{ResourceKind, ResourceReport};
use flagfall::statistics::LevelHistory;
use serde_json::{Value, json};

/// A page has at most this many resources.
pub const MOST_RESOURCES: usize = 200;

/// For each resource: its path, kind and statistics, and the course of its line, its use and its
/// capacity. Times are in nanoseconds.
pub(super) fn lanes(resources: &[ResourceReport]) -> Value {
    let lane = |of: &ResourceReport| {
        let ResourceReport { path, kind, statistics, history, .. } = of;
        let course = history.as_ref().map(|history| {
            json!({
                "line": course(&history.line),
                "use": course(&history.in_use),
                "capacity": course(&history.capacity),
            })
        });
        // Of a store without a bound, the capacity says nothing.
        let capacity = Some(statistics.mean_capacity).filter(|mean| *mean < 1e15);
        json!({
            "path": path,
            "kind": kind.name(),
            "units": *kind == ResourceKind::Resource,
            "utilisation": statistics.utilisation,
            "capacity": capacity,
            "in_use": statistics.mean_in_use,
            "line": statistics.mean_waiting,
            "wait": statistics.mean_wait.as_nanos(),
            "longest": statistics.longest_wait.as_nanos(),
            "granted": statistics.granted,
            "course": course,
        })
    };
    resources.iter().take(MOST_RESOURCES).map(lane).collect()
}

/// The mean of each cell, and its largest level.
fn course(history: &LevelHistory) -> Value {
    let start = history.cells().next().map_or(0, |(begin, _)| begin.as_nanos());
    // More digits are not seen.
    let rounded = |mean: f64| (mean * 1e4).round() / 1e4;
    let means = history.cells().map(|(_, cell)| cell.mean().map(rounded));
    let most = history.cells().map(|(_, cell)| cell.highest());
    json!({
        "start": start,
        "width": history.width().as_nanos(),
        "end": history.end().as_nanos(),
        "mean": means.collect::<Vec<_>>(),
        "most": most.collect::<Vec<_>>(),
    })
}
