//! A production line: a press that breaks with use, a buffer, a lathe that breaks by the clock,
//! a buffer, an oven that bakes batches, an inspection that sends some parts back to the lathe. One crew
//! repairs both machines.

use flagfall::resource::{Claim, Failures};
use flagfall::{Measures, collect::Tally, prelude::*, process::any, random::Distribution};
use flagfall_cli::OwnModel;
use std::num::NonZeroUsize;

/// Production line: breakdowns, buffers, rework, an oven
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Line {
    /// How long
    #[arg(long, default_value = "80h")]
    pub(crate) time: Span,
    /// Time of the press for a part
    #[arg(long, default_value = "triangular(45s, 55s, 75s)")]
    pub(crate) press: Distribution,
    /// Time of the lathe for a part
    #[arg(long, default_value = "lognormal(mean=48s, cv=0.3)")]
    pub(crate) lathe: Distribution,
    /// Use of the press up to a failure
    #[arg(long, default_value = "exponential(mean=4h)")]
    pub(crate) press_fails: Distribution,
    /// Time up to a failure of the lathe
    #[arg(long, default_value = "exponential(mean=8h)")]
    pub(crate) lathe_fails: Distribution,
    /// Time of a repair
    #[arg(long, default_value = "gamma(shape=2, scale=10min)")]
    pub(crate) repair_time: Distribution,
    /// Room of each buffer: in front of the lathe and of the oven
    #[arg(long, value_name = "PARTS", default_value = "12")]
    pub(crate) room: NonZeroUsize,
    /// Parts in a full oven
    #[arg(long, value_name = "PARTS", default_value = "8")]
    pub(crate) batch: NonZeroUsize,
    /// How long the oven waits for more parts after the first
    #[arg(long, default_value = "8min")]
    pub(crate) oven_waits: Span,
    /// Time of a batch in the oven
    #[arg(long, default_value = "uniform(6min, 8min)")]
    pub(crate) bake: Distribution,
    /// Share of the parts that go back to the lathe
    #[arg(long, value_parser = super::options::share, default_value_t = 0.1)]
    pub(crate) rework: f64,
}

impl OwnModel for Line {
    const NAME: &'static str = "line";
    /// The machines; times in the line, sizes of batches.
    type Handles = ([Resource; 2], [Tally; 2]);

    fn start(&self, simulation: &mut Simulation) -> Self::Handles {
        simulation.set_horizon(Some(VirtualTime::ZERO + self.time));
        let [crew, press, lathe] =
            ["crew", "press", "lathe"].map(|name| Resource::new(simulation, name, 1));
        let jams = Failures::by_use(self.press_fails.clone(), self.repair_time.clone());
        press.fail(simulation, "press_fails", jams.crew(crew, Claim::new()));
        let breaks = Failures::by_clock(self.lathe_fails.clone(), self.repair_time.clone());
        lathe.fail(simulation, "lathe_fails", breaks.crew(crew, Claim::new()));
        // A part is the time at which its blank came to the press.
        let [pressed, rework, turned] =
            [("pressed", self.room.get()), ("rework", usize::MAX), ("turned", self.room.get())]
                .map(|(name, room)| Store::<VirtualTime>::new(simulation, name, room));
        let times = self.press.clone();
        simulation.process("pressing", async move |p| {
            let mut draws = p.stream("press");
            loop {
                let (part, span) = (p.now(), times.draw_span(&mut draws));
                press.serve(&p, Claim::new().resume(), span).await.expect("it resumes");
                pressed.put(&p, part).await;
            }
        });
        let times = self.lathe.clone();
        simulation.process("turning", async move |p| {
            let mut draws = p.stream("lathe");
            loop {
                let (_, part) = any([rework.get(&p), pressed.get(&p)]).await;
                let span = times.draw_span(&mut draws);
                lathe.serve(&p, Claim::new().resume(), span).await.expect("it resumes");
                turned.put(&p, part).await;
            }
        });
        let [flow, batches] = [("flow_time", "s"), ("batch", "1")]
            .map(|(name, unit)| Tally::of(simulation, name, unit, []));
        let model = self.clone();
        simulation.process("oven", async move |p| {
            let (mut bakes, mut flaws) = (p.stream("bake"), p.stream("flaw"));
            loop {
                let mut batch = vec![turned.get(&p).await];
                let until = p.now() + model.oven_waits;
                while batch.len() < model.batch.get() {
                    let Ok(part) = p.timeout(until - p.now(), turned.get(&p)).await else { break };
                    batch.push(part);
                }
                p.sleep(model.bake.draw_span(&mut bakes)).await;
                batches.record(&p, batch.len() as f64);
                for part in batch {
                    if flaws.chance(model.rework) {
                        rework.put(&p, part).await;
                    } else {
                        flow.record(&p, p.now() - part);
                    }
                }
            }
        });
        ([press, lathe], [flow, batches])
    }

    fn measure(&self, simulation: &Simulation, shop: &Self::Handles, measures: &mut Measures) {
        let [flow, batches] = shop.1.map(|tally| tally.tally(simulation));
        let per_hour = flow.count() as f64 * 3600.0 / self.time.as_secs_f64();
        measures.add("per_hour", "1/h", per_hour);
        measures.add("flow_time", "s", flow.mean()).add("batch", "1", batches.mean());
        for (name, machine) in ["press", "lathe"].iter().zip(shop.0) {
            let seen = machine.statistics(simulation);
            measures.share_of(format!("{name}_down"), seen.mean_down);
            measures.share_of(format!("{name}_in_use"), seen.mean_in_use);
        }
    }
}
