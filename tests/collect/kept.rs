//! Collectors in copies and files.

use flagfall::collect::{Counter, Histogram, Level, Series, Stat, Tally};
use flagfall::{Actor, Config, Context, Message, Simulation, Span, TypeRegistry, VirtualTime};
use proptest::prelude::*;

#[derive(Clone, Debug, Message, serde::Serialize, serde::Deserialize)]
enum Tick {
    Tick,
}

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Shop {
    counter: Counter,
    tally: Tally,
    level: Level,
    histogram: Histogram,
    series: Series,
}

impl Actor for Shop {
    type Message = Tick;

    fn handle(&mut self, _: Tick, context: &mut Context<'_, Tick>) {
        let gap = context.stream("gaps").exponential(Span::from_secs(1));
        self.counter.add(context, 2);
        self.tally.record(context, gap);
        self.level.change(context, if gap > Span::from_secs(1) { 1 } else { -1 });
        self.histogram.record(context, gap);
        self.series.record(context, gap);
        context.schedule(gap, Tick::Tick);
    }
}

fn shop(config: Config) -> Simulation {
    let mut simulation = Simulation::new(config);
    let simulated = &mut simulation;
    let results = [Stat::Mean, Stat::Deviation, Stat::Quantile(0.9), Stat::Quantile(0.5)];
    let state = Shop {
        counter: Counter::new(simulated, "ticks"),
        tally: Tally::of(simulated, "gap", "ms", results),
        level: Level::new(simulated, "level", 0),
        histogram: Histogram::new(simulated, "gap", "s", &[0.5, 1.0]),
        series: Series::new(simulated, "gaps", "s"),
    };
    let shop = simulation.spawn("shop", state);
    simulation.send(&shop, Tick::Tick);
    simulation.register(&TypeRegistry::new().savable::<Shop>("shop"));
    simulation
}

/// All that was collected, to the last bit.
fn results(simulation: &Simulation) -> String {
    format!("{:?} {:?}", simulation.collected(), simulation.collected_series())
}

proptest! {
    /// A copy and a file go on as the original does, before and after the warm-up.
    #[test]
    fn collectors_are_copied_and_saved(at in 0..60_u64, warm_up in 0..60_u64) {
        let (at, warm_up) = (VirtualTime::from_secs(at), VirtualTime::from_secs(warm_up));
        let config = Config::new(7).warm_up(warm_up);
        let end = VirtualTime::from_secs(100);
        let mut whole = shop(config.clone());
        whole.run_until(end).unwrap();
        let mut original = shop(config);
        original.run_until(at).unwrap();
        let mut copy = original.fork().unwrap();
        let mut file = Vec::new();
        original.save(&[], &[], &mut file).unwrap();
        let types = TypeRegistry::new().savable::<Shop>("shop");
        let mut resumed = Simulation::resume(&types, file.as_slice()).unwrap().simulation;
        prop_assert_eq!(resumed.config(), original.config());
        for simulation in [&mut original, &mut copy, &mut resumed] {
            simulation.run_until(end).unwrap();
            prop_assert_eq!(results(simulation), results(&whole));
            prop_assert_eq!(simulation.digest(), whole.digest());
        }
    }
}
