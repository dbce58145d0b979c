//! The queue as JSON.

use super::{List, write};
use crate::models::queue::{Queue, Visit, Visits};
use flagfall::Config;
use flagfall::model::{Measured, Run};
use flagfall::time::Span;
use serde::Serialize;
use std::io::{self, Write};

/// The queue: its measures, and each customer's wait. With `summary`, without the waits.
///
/// # Errors
/// What writing to `out` returns.
pub fn queue(
    out: &mut dyn Write,
    (queue, run): (&Queue, &Run<Visits>),
    config: &Config,
    summary: bool,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Body<L: Serialize> {
        servers: u32,
        load: f64,
        service_s: f64,
        service_law: String,
        warm_up_s: f64,
        #[serde(flatten)]
        lists: Option<L>,
    }
    #[derive(Serialize)]
    struct Lists<W> {
        /// Of all customers, in order of arrival; null of who still waits.
        waits_s: W,
    }
    let wait = |visit: &Visit| visit.wait().map(Span::as_secs_f64);
    let lists = || Lists { waits_s: List(|| run.result.visits.iter().map(wait)) };
    let body = Body {
        servers: queue.servers,
        load: queue.load,
        service_s: queue.service.as_secs_f64(),
        service_law: queue.service_law.to_string(),
        warm_up_s: queue.warm_up.as_secs_f64(),
        lists: (!summary).then(lists),
    };
    write(out, "queue", (config, run), &queue.measures(run), body)
}
