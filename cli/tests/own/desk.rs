use flagfall::collect::{Counter, Histogram, Level, Series, Stat, Tally};
use flagfall::prelude::*;
use flagfall::resource::Claim;
use flagfall_cli::OwnModel;

/// A help desk: urgent calls first, and callers who do not wait behind many
#[derive(clap::Args)]
struct Desk {
    /// How many clerks there are
    #[arg(long, default_value_t = 2)]
    clerks: u64,
    /// Mean span between two calls
    #[arg(long, default_value = "2min")]
    every: Span,
    /// When the statistics begin
    #[arg(long, default_value = "1h")]
    warm_up: Span,
}

impl OwnModel for Desk {
    const NAME: &'static str = "desk";
    type Handles = ();

    fn start(&self, world: &mut Simulation) {
        world.set_warm_up(VirtualTime::ZERO + self.warm_up);
        let results = [Stat::Mean, Stat::Quantile(0.9)];
        let wait = ["usual", "urgent"].map(|kind| Tally::of(world, ("wait", kind), "min", results));
        let level = Histogram::new(world, "wait", "s", &[20.0]);
        let inside = Level::new(world, "inside", 0);
        let balked = Counter::new(world, "balked");
        let waits = Series::new(world, "waits", "min");
        let clerks = Resource::new(world, "clerks", self.clerks);
        let every = self.every;
        world.process("phone", async move |p| {
            let (mut gaps, mut talks) = (p.stream("gaps"), p.stream("talks"));
            for number in 0..1_000 {
                p.sleep(gaps.exponential(every)).await;
                let (talk, is_urgent) = (talks.exponential(Span::from_mins(3)), number % 5 == 0);
                p.process_apart(("call", number), async move |p| {
                    if clerks.waiting(&p) >= 4 {
                        return balked.add(&p, 1);
                    }
                    inside.change(&p, 1);
                    let since = p.now();
                    let claim = Claim::new().priority(-i32::from(is_urgent));
                    let _clerk = clerks.acquire_as(&p, claim).await;
                    let waited = p.now() - since;
                    wait[usize::from(is_urgent)].record(&p, waited);
                    level.record(&p, waited);
                    waits.record(&p, waited);
                    p.sleep(talk).await;
                    inside.change(&p, -1);
                });
            }
        });
    }
}

fn main() -> std::process::ExitCode {
    flagfall_cli::main_of::<Desk>(std::env::args_os())
}
