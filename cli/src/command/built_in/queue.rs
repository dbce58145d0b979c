//! The options of the queue.

use super::durations::nonzero;
use super::memory::{self, Kept};
use super::started::of_the_library;
use crate::command::own::{Ended, OwnModel};
use crate::models::queue::{Queue, ServiceLaw, Visit};
use crate::report::json::Fields;
use clap::Args;
use flagfall::time::Span;

/// Queue: customers wait in one line for one of several servers (M/M/c)
#[derive(Debug, Args)]
#[command(next_help_heading = "Queue")]
pub(super) struct QueueOptions {
    /// How many servers
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    servers: u32,
    /// How much work comes, as a share of what the servers can do; from 1 on there is no steady
    /// state: the line grows without end
    #[arg(long, value_name = "X", default_value_t = 0.8)]
    load: f64,
    /// How long a service takes on average
    #[arg(long, value_name = "SPAN", default_value = "1s")]
    service: Span,
    /// Law of its length: exponential, fixed, uniform (from 0 to twice the mean), or erlang:K
    #[arg(long, value_name = "LAW", default_value = "exponential")]
    service_law: ServiceLaw,
    /// How many customers come, after exponential gaps
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    customers: u32,
    /// Who arrives in this span from the start is served, but not counted
    #[arg(long, value_name = "SPAN", default_value = "0s")]
    warm_up: Span,
}

impl QueueOptions {
    fn model(&self) -> Queue {
        Queue {
            servers: self.servers,
            load: self.load,
            service: self.service,
            service_law: self.service_law,
            customers: self.customers,
            warm_up: self.warm_up,
        }
    }
}

impl OwnModel for QueueOptions {
    const NAME: &'static str = "queue";

    of_the_library!(Queue);

    fn check(&self) -> Result<(), String> {
        let load = self.load;
        if !(load > 0.0 && load.is_finite()) {
            return Err(format!("--load is {load}: write a number above 0, like 0.8"));
        }
        nonzero(self.service, "--service")?;
        memory::check(&[
            Kept::by("--servers", self.servers.into(), 160),
            Kept::by("--customers", self.customers.into(), 75),
        ])?;
        match self.model().mean_gap() {
            Span::ZERO => Err(format!(
                "at a load of {load}, customers come more often than every nanosecond: lower \
                 --load, or raise --service"
            )),
            Span::MAX => Err(format!(
                "at a load of {load}, the next customer comes after the end of time, in 584 \
                 years: raise --load, or lower --service"
            )),
            _ => Ok(()),
        }
    }

    fn note(&self) -> Option<String> {
        let load = self.load;
        let endless = || {
            format!(
                "at a load of {load} there is no steady state: the longer it runs, the longer the line"
            )
        };
        (!self.model().is_stable()).then(endless)
    }

    fn json(&self, ended: &Ended<'_, Self::Handles>, fields: &mut Fields<'_>) {
        let queue = &ended.handles.model;
        fields
            .add("servers", queue.servers)
            .add("load", queue.load)
            .add("service_s", queue.service.as_secs_f64())
            .add("service_law", queue.service_law.to_string())
            .add("warm_up_s", queue.warm_up.as_secs_f64());
        if ended.lists {
            // Of all customers in order of arrival; null for those who still wait.
            let wait = |visit: &Visit| visit.wait().map(Span::as_secs_f64);
            fields.list("waits_s", ended.handles.result(ended.simulation).iter().map(wait));
        }
    }
}
