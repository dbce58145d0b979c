//! The options of models that have worker processes.

use clap::Args;
use flagfall::time::Span;

/// The options about worker processes.
#[derive(Debug, Args)]
pub(super) struct WorkerOptions {
    /// How many workers
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(super) workers: u32,
    /// How long a worker process takes to start
    #[arg(long, value_name = "SPAN", default_value = "365ms")]
    pub(super) startup: Span,
    /// How much longer each worker process takes than the one before it
    #[arg(long, value_name = "SPAN", default_value = "0s")]
    pub(super) stagger: Span,
}

impl WorkerOptions {
    /// Checks that the last worker starts before the end of virtual time.
    pub(super) fn check(&self) -> Result<(), String> {
        let Self { workers, startup, stagger } = *self;
        let last = stagger.checked_mul(u64::from(workers));
        match last.and_then(|span| span.checked_add(startup)) {
            Some(_) => Ok(()),
            None => Err(format!(
                "--stagger {stagger} for {workers} workers is above the longest span, 584 years"
            )),
        }
    }
}
