//! The options of the parameter server.

use super::memory::{self, Kept};
use super::started::of_the_library;
use super::workers::WorkerOptions;
use crate::command::own::{Ended, OwnModel};
use crate::models::parameter_server::{ParameterTraining, Reading};
use crate::report::json::{Fields, seconds};
use crate::report::numpy;
use clap::Args;
use flagfall::time::{Span, VirtualTime};
use std::io::{self, Write};

/// Parameter server: workers send gradients, a driver reads the parameters
#[derive(Debug, Args)]
#[command(next_help_heading = "Parameter server")]
pub(super) struct ParameterServerOptions {
    #[command(flatten)]
    workers: WorkerOptions,
    /// How many gradients each worker sends
    #[arg(long, value_name = "N", default_value_t = 100)]
    epochs: u32,
    /// How long a gradient takes to compute
    #[arg(long, value_name = "SPAN", default_value = "1.5s")]
    epoch: Span,
    /// Length of the parameter vector
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(..=10_000_000))]
    dimension: u32,
    /// Each component of each gradient
    #[arg(long, value_name = "X", default_value_t = 1.0, allow_negative_numbers = true)]
    gradient: f64,
    /// How often the driver reads the parameters
    #[arg(long, value_name = "N", default_value_t = 20)]
    polls: u32,
    /// Span that the driver sleeps after each read
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    every: Span,
}

impl ParameterServerOptions {
    fn model(&self) -> ParameterTraining {
        ParameterTraining {
            workers: self.workers.workers,
            epochs: self.epochs,
            epoch: self.epoch,
            dimension: self.dimension as usize,
            gradient: self.gradient,
            reads: self.polls,
            read_every: self.every,
            startup: self.workers.startup,
            stagger: self.workers.stagger,
        }
    }
}

impl OwnModel for ParameterServerOptions {
    const NAME: &'static str = "parameter-server";

    of_the_library!(ParameterTraining);

    fn check(&self) -> Result<(), String> {
        let gradients = f64::from(self.epochs) * f64::from(self.workers.workers);
        if !(self.gradient * gradients.max(1.0)).is_finite() {
            let each = self.gradient;
            return Err(format!(
                "--gradient {each:e} is too large: {gradients} of them have no finite sum"
            ));
        }
        self.workers.check()?;
        let (dimension, polls) = (u64::from(self.dimension), u64::from(self.polls));
        memory::check(&[
            Kept::by("--workers", self.workers.workers.into(), 310),
            Kept::by("--polls", polls, 170),
            Kept::by("--dimension", dimension, 6 * 8),
            // Each reading is kept, and printed.
            Kept::by_both(("--dimension", dimension), ("--polls", polls), 2 * 8),
        ])
    }

    fn text(&self, ended: &Ended<'_, Self::Handles>, out: &mut dyn Write) -> io::Result<()> {
        let training = ended.handles.result(ended.simulation);
        writeln!(out, "Initial params: {}", numpy::array(&training.initial))?;
        for read in &training.reads {
            writeln!(out, "Updated params: {}", numpy::array(&read.parameters))?;
        }
        Ok(())
    }

    fn json(&self, ended: &Ended<'_, Self::Handles>, fields: &mut Fields<'_>) {
        let (model, training) = (&ended.handles.model, ended.handles.result(ended.simulation));
        fields
            .add("workers", model.workers)
            .add("epochs", model.epochs)
            .add("epoch_s", model.epoch.as_secs_f64());
        if ended.lists {
            // Seconds since the first read, as the driver counts them.
            let nominal =
                |number: usize| model.read_every.checked_mul(number as u64).unwrap_or(Span::MAX);
            let read = |(number, read): (usize, &Reading)| {
                (seconds(nominal(number)), read.parameters.clone())
            };
            let starts = training.worker_starts.iter();
            fields
                .add("initial", &training.initial)
                .list("reads", training.reads.iter().enumerate().map(read))
                .list("read_times_s", training.reads.iter().map(|read| read.time.as_secs_f64()))
                .list("worker_starts_s", starts.map(|start| start.map(VirtualTime::as_secs_f64)));
        }
        fields.add("parameters", &training.parameters);
    }
}
