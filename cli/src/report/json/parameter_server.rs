//! The parameter server as JSON.

use super::{Seconds, seconds, write};
use crate::models::parameter_server::{ParameterTraining, Training};
use flagfall::Config;
use flagfall::model::{Measured, Run};
use flagfall::time::{Span, VirtualTime};
use serde::Serialize;
use std::io::{self, Write};

/// The parameter server's reads.
///
/// # Errors
/// What writing to `out` returns.
pub fn parameter_server(
    out: &mut dyn Write,
    (model, run): (&ParameterTraining, &Run<Training>),
    config: &Config,
    summary: bool,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Body<'a> {
        workers: u32,
        epochs: u32,
        epoch_s: f64,
        #[serde(flatten)]
        lists: Option<Lists<'a>>,
        parameters: &'a [f64],
    }
    #[derive(Serialize)]
    struct Lists<'a> {
        initial: &'a [f64],
        /// Seconds since the first read as the driver counts them.
        reads: Vec<(Seconds, &'a [f64])>,
        read_times_s: Vec<f64>,
        worker_starts_s: Vec<Option<f64>>,
    }
    let training = &run.result;
    let nominal = |number: usize| model.read_every.checked_mul(number as u64).unwrap_or(Span::MAX);
    let lists = Lists {
        initial: &training.initial,
        reads: training
            .reads
            .iter()
            .enumerate()
            .map(|(number, read)| (seconds(nominal(number)), read.parameters.as_slice()))
            .collect(),
        read_times_s: training.reads.iter().map(|read| read.time.as_secs_f64()).collect(),
        worker_starts_s: training
            .worker_starts
            .iter()
            .map(|start| start.map(VirtualTime::as_secs_f64))
            .collect(),
    };
    let body = Body {
        workers: model.workers,
        epochs: model.epochs,
        epoch_s: model.epoch.as_secs_f64(),
        lists: (!summary).then_some(lists),
        parameters: &training.parameters,
    };
    write(out, "parameter-server", (config, run), &model.measures(run), body)
}
