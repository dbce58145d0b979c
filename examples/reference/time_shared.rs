//! The time-shared computer of Law and Kelton, Simulation Modeling and Analysis, chapter 2:
//! terminals think and then send a job, which the computer serves in turns of one quantum.

use flagfall::{Measures, collect::Tally, prelude::*, random::Distribution};
use flagfall_cli::OwnModel;

/// Time-shared computer: terminals, a quantum, an overhead
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct TimeShared {
    /// How many terminals
    #[arg(long, value_name = "N", default_value_t = 40)]
    pub(crate) terminals: u32,
    /// How many responses end the run
    #[arg(long, value_name = "N", default_value_t = 1000,
        value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) responses: u64,
    /// How long a user thinks
    #[arg(long, default_value = "exponential(mean=25s)")]
    pub(crate) think: Distribution,
    /// How long a job takes, without the overhead
    #[arg(long, default_value = "exponential(mean=800ms)")]
    pub(crate) service: Distribution,
    /// The longest turn of a job
    #[arg(long, default_value = "100ms")]
    pub(crate) quantum: Span,
    /// What each turn takes in addition
    #[arg(long, default_value = "15ms")]
    pub(crate) overhead: Span,
}

impl OwnModel for TimeShared {
    const NAME: &'static str = "time_shared";
    type Handles = (Resource, Tally);

    fn check(&self) -> Result<(), String> {
        match self.quantum.is_zero() {
            false => Ok(()),
            true => Err("--quantum is 0, and no job would ever end".to_owned()),
        }
    }

    fn start(&self, simulation: &mut Simulation) -> Self::Handles {
        let computer = Resource::new(simulation, "computer", 1);
        let responses = Tally::of(simulation, "response", "s", []);
        for terminal in 0..self.terminals {
            let model = self.clone();
            simulation.process(("terminal", terminal), async move |p| {
                let (mut thinks, mut services) = (p.stream("think"), p.stream("service"));
                loop {
                    p.sleep(model.think.draw_span(&mut thinks)).await;
                    let sent = p.now();
                    let mut left = model.service.draw_span(&mut services);
                    while !left.is_zero() {
                        let turn = left.min(model.quantum);
                        let _computer = computer.acquire(&p).await;
                        p.sleep(turn + model.overhead).await;
                        left -= turn;
                    }
                    responses.record(&p, p.now() - sent);
                    if responses.tally(&p).count() == model.responses {
                        p.end_run();
                    }
                }
            });
        }
        (computer, responses)
    }

    fn measure(
        &self,
        simulation: &Simulation,
        (computer, responses): &Self::Handles,
        measures: &mut Measures,
    ) {
        let statistics = computer.statistics(simulation);
        measures
            .add("response", "s", responses.tally(simulation).mean())
            .add("queue", "1", statistics.mean_waiting)
            .share_of("utilisation", statistics.utilisation);
    }
}
