//! The JSON output: one object a run, for programs.
//!
//! Every object begins with `schema` and `system`. Fields are added, never
//! renamed, under one schema number. Lists are written as they are walked,
//! so a million rides need no second copy.

mod actor_tree;
mod measures;
mod message_log;
mod parameter_server;
mod queue;
mod taxi;
mod ties;
mod timeline;
mod trace;

pub use actor_tree::actor_tree;
use measures::Numbers;
pub use measures::measures;
pub use message_log::message_log;
pub use parameter_server::parameter_server;
pub use queue::queue;
pub use taxi::taxi;
pub use ties::ties;
pub use timeline::Timeline;
pub use trace::{difference, equal, trace_line};

use flagfall::Config;
use flagfall::measure::Measures;
use flagfall::model::Run;
use flagfall::time::Span;
use serde::{Serialize, Serializer};
use std::io::{self, Write};

/// The version of the objects' shape.
pub const SCHEMA: &str = "flagfall/run/2";

/// A sequence that is made while it is written.
struct List<F>(F);

impl<F, I> Serialize for List<F>
where
    F: Fn() -> I,
    I: IntoIterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// A number of seconds: whole where it is whole.
#[derive(Serialize)]
#[serde(untagged)]
enum Seconds {
    Whole(u64),
    Fraction(f64),
}

fn seconds(span: Span) -> Seconds {
    match span.whole_secs() {
        Some(secs) => Seconds::Whole(secs),
        None => Seconds::Fraction(span.as_secs_f64()),
    }
}

/// What every object begins and ends with, around what one system has.
#[derive(Serialize)]
struct Object<'a, B> {
    schema: &'a str,
    system: &'a str,
    seed: u64,
    replication: u64,
    latency: String,
    /// The plan, one rule a line; null without one.
    faults: Option<String>,
    cpus: Option<u32>,
    /// The tie policy; left out in the usual order.
    #[serde(skip_serializing_if = "Option::is_none")]
    ties: Option<String>,
    #[serde(flatten)]
    body: B,
    #[serde(flatten)]
    measures: Numbers<'a>,
    virtual_time_s: f64,
    events: u64,
    undeliverable: u64,
    lost: u64,
    duplicated: u64,
    digest: Option<String>,
}

/// Writes one run as one object on one line. What it came to stands in `measures`, with the
/// names that the columns of a study have.
fn write<T>(
    out: &mut dyn Write,
    system: &str,
    (config, run): (&Config, &Run<T>),
    measures: &Measures,
    body: impl Serialize,
) -> io::Result<()> {
    let object = Object {
        schema: SCHEMA,
        system,
        seed: config.seed,
        replication: config.replication,
        latency: config.latency.to_string(),
        faults: (!config.faults.is_empty()).then(|| config.faults.to_string()),
        cpus: config.cpus,
        ties: Some(config.ties.to_string()).filter(|ties| ties != "fifo"),
        body,
        measures: Numbers::of(measures),
        virtual_time_s: run.virtual_time.as_secs_f64(),
        events: run.events,
        undeliverable: run.counts.undeliverable,
        lost: run.counts.lost,
        duplicated: run.counts.duplicated,
        digest: run.digest.map(|digest| digest.to_string()),
    };
    serde_json::to_writer(&mut *out, &object).map_err(io::Error::from)?;
    writeln!(out)
}
