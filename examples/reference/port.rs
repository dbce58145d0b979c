//! A port for tankers, from Law and Kelton, Simulation Modeling and Analysis, chapter 2: three
//! berths, one tug that brings the tankers in and out, storms in which it does not begin.

use flagfall::{
    Measures,
    arrivals::ArrivalProcess,
    collect::Tally,
    prelude::*,
    random::Distribution,
    resource::{Claim, Shortage},
};
use flagfall_cli::OwnModel;

use super::options::kind;

/// Port: tankers, berths, a tug, storms
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Port {
    /// How long
    #[arg(long, default_value = "365d")]
    pub(crate) time: Span,
    /// How many berths
    #[arg(long, value_name = "N", default_value_t = 3,
        value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) berths: u64,
    /// How many tugs
    #[arg(long, value_name = "N", default_value_t = 1,
        value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) tugs: u64,
    /// When tankers come
    #[arg(long, default_value = "uniform(4h, 18h)")]
    pub(crate) tankers: ArrivalProcess,
    /// The type of a tanker: 0, 1 or 2
    #[arg(long, value_parser = kind, default_value = "weighted(0.25: 0, 0.55: 1, 0.2: 2)")]
    pub(crate) kind: Distribution,
    /// Loading of type 0
    #[arg(long, default_value = "uniform(16h, 20h)")]
    pub(crate) load_0: Distribution,
    /// Loading of type 1
    #[arg(long, default_value = "uniform(21h, 27h)")]
    pub(crate) load_1: Distribution,
    /// Loading of type 2
    #[arg(long, default_value = "uniform(32h, 40h)")]
    pub(crate) load_2: Distribution,
    /// Time of a tug to bring a tanker in or out
    #[arg(long, default_value = "1h")]
    pub(crate) tow: Span,
    /// Time from a storm to the next
    #[arg(long, default_value = "exponential(mean=48h)")]
    pub(crate) calm: Distribution,
    /// How long a storm lasts
    #[arg(long, default_value = "uniform(2h, 6h)")]
    pub(crate) storm: Distribution,
}

/// What is read at the end.
pub(crate) struct Harbour {
    berths: Resource,
    tugs: Resource,
    times: [Tally; 3],
}

impl OwnModel for Port {
    const NAME: &'static str = "port";
    type Handles = Harbour;

    fn start(&self, simulation: &mut Simulation) -> Harbour {
        simulation.set_horizon(Some(VirtualTime::ZERO + self.time));
        let berths = Resource::new(simulation, "berths", self.berths);
        let tugs = Resource::new(simulation, "tugs", self.tugs);
        let times = [0, 1, 2].map(|kind| Tally::of(simulation, ("in_port", kind), "s", []));
        let model = self.clone();
        simulation.process("sea", async move |p| {
            let (mut kinds, mut loads) = (p.stream("kind"), p.stream("load"));
            let tankers = model.tankers.begin(p.now(), p.stream("times"), p.stream("sizes"));
            for (number, at) in (0..).zip(tankers.one_by_one()) {
                p.sleep_until(at).await;
                let kind = model.kind.draw_whole(&mut kinds) as usize;
                let load = [&model.load_0, &model.load_1, &model.load_2][kind];
                let (load, tow) = (load.draw_span(&mut loads), model.tow);
                p.process_apart(("tanker", number), async move |p| {
                    let berth = berths.acquire(&p).await;
                    tugs.serve(&p, Claim::new(), tow).await.expect("no claim preempts");
                    p.sleep(load).await;
                    // Who leaves makes room for others, and so goes first.
                    let first = Claim::new().priority(-1);
                    tugs.serve(&p, first, tow).await.expect("no claim preempts");
                    drop(berth);
                    times[kind].record(&p, p.now() - at);
                });
            }
        });
        let model = self.clone();
        simulation.process("weather", async move |mut p| {
            let (mut calms, mut storms) = (p.stream("calm"), p.stream("storm"));
            loop {
                p.sleep(model.calm.draw_span(&mut calms)).await;
                tugs.set_capacity(&mut p, 0, Shortage::Finish);
                p.sleep(model.storm.draw_span(&mut storms)).await;
                tugs.set_capacity(&mut p, model.tugs, Shortage::Finish);
            }
        });
        Harbour { berths, tugs, times }
    }

    fn measure(&self, simulation: &Simulation, harbour: &Harbour, measures: &mut Measures) {
        let [berths, tugs] =
            [harbour.berths, harbour.tugs].map(|resource| resource.statistics(simulation));
        for (kind, times) in harbour.times.iter().enumerate() {
            measures.add(format!("in_port_{kind}"), "s", times.tally(simulation).mean());
        }
        measures
            .span("wait_for_berth", berths.mean_wait)
            .share_of("berth_utilisation", berths.utilisation)
            .share_of("tug_utilisation", tugs.utilisation)
            .share_of("calm_share", tugs.mean_capacity / self.tugs as f64);
    }
}
