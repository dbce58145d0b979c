use flagfall::Measures;
use flagfall::prelude::*;
use flagfall::random::Distribution;
use flagfall_cli::OwnModel;

/// A till with one queue
#[derive(clap::Args)]
struct Till {
    /// How many tills are open
    #[arg(long, default_value_t = 1)]
    tills: u64,
    /// Mean span between two customers
    #[arg(long, default_value = "90s")]
    every: Span,
    /// How long a customer is served
    #[arg(long, default_value = "exponential(mean=1min)")]
    service: Distribution,
}

impl OwnModel for Till {
    const NAME: &'static str = "till";
    type Handles = Resource;

    fn start(&self, simulation: &mut Simulation) -> Resource {
        let till = Resource::new(simulation, "till", self.tills);
        let (every, times) = (self.every, self.service.clone());
        simulation.process("door", async move |p| {
            let (mut gaps, mut services) = (p.stream("gaps"), p.stream("services"));
            for customer in 0..100 {
                p.sleep(gaps.exponential(every)).await;
                let service = times.draw_span(&mut services);
                p.process_apart(("customer", customer), async move |p| {
                    let _held = till.acquire(&p).await;
                    p.sleep(service).await;
                });
            }
        });
        till
    }

    fn measure(&self, simulation: &Simulation, till: &Resource, measures: &mut Measures) {
        let statistics = till.statistics(simulation);
        measures.count("served", statistics.granted).span("mean_wait", statistics.mean_wait);
    }
}

fn main() -> std::process::ExitCode {
    flagfall_cli::main_of::<Till>(std::env::args_os())
}
