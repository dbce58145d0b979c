//! A call centre: two kinds of calls, agents who can take one kind or both, callers who hang up.

use flagfall::{
    Measures, arrivals::ArrivalProcess, collect::Tally, prelude::*, random::Distribution,
};
use flagfall_cli::OwnModel;

const KINDS: [&str; 2] = ["sales", "support"];
const CALLS: [&str; 2] = ["sales_call", "support_call"];

/// Call centre: kinds of calls, skills of agents, patience
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct CallCentre {
    /// How long
    #[arg(long, default_value = "10h")]
    pub(crate) time: Span,
    /// When somebody calls to buy
    #[arg(long, default_value = "exponential(mean=40s)")]
    pub(crate) sales: ArrivalProcess,
    /// When somebody calls for help
    #[arg(long, default_value = "exponential(mean=1min)")]
    pub(crate) support: ArrivalProcess,
    /// How long a sale takes
    #[arg(long, default_value = "lognormal(mean=3min, cv=0.8)")]
    pub(crate) sale_time: Distribution,
    /// How long help takes
    #[arg(long, default_value = "lognormal(mean=6min, cv=1)")]
    pub(crate) help_time: Distribution,
    /// How long callers wait
    #[arg(long, default_value = "exponential(mean=4min)")]
    pub(crate) patience: Distribution,
    /// Agents who take only sales
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) sales_agents: u32,
    /// Agents who take only support
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) support_agents: u32,
    /// Agents who take both
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) both_agents: u32,
    /// An answer within this time is a good one
    #[arg(long, default_value = "20s")]
    pub(crate) good_within: Span,
}

/// The kinds of calls that an agent can take.
type Agent = [bool; 2];

/// Of each kind: waits; 1 for each caller who hung up, 1 for each good answer, 0 for others.
type Calls = [[Tally; 3]; 2];

impl OwnModel for CallCentre {
    const NAME: &'static str = "call_centre";
    type Handles = (Store<Agent>, Calls);

    fn start(&self, simulation: &mut Simulation) -> Self::Handles {
        simulation.set_horizon(Some(VirtualTime::ZERO + self.time));
        // Those with one skill take a call first.
        let idle = Store::ranked(simulation, "idle", usize::MAX, |agent: &Agent| {
            agent.iter().filter(|can| **can).count() as i64
        });
        let calls = KINDS.map(|kind| {
            [("wait", "s"), ("lost", "1"), ("good", "1")]
                .map(|(name, unit)| Tally::of(simulation, (name, kind), unit, []))
        });
        let agents = [
            (self.sales_agents, [true, false]),
            (self.support_agents, [false, true]),
            (self.both_agents, [true, true]),
        ];
        simulation.process("shift", async move |p| {
            for (number, skills) in agents {
                for _ in 0..number {
                    idle.put(&p, skills).await;
                }
            }
        });
        let times = [(&self.sales, &self.sale_time), (&self.support, &self.help_time)];
        for (kind, (arrivals, service)) in times.into_iter().enumerate() {
            let (arrivals, service) = (arrivals.clone(), service.clone());
            let (patience, goal) = (self.patience.clone(), self.good_within);
            simulation.process(KINDS[kind], async move |p| {
                let (mut services, mut patiences) = (p.stream("service"), p.stream("patience"));
                let arrivals = arrivals.begin(p.now(), p.stream("times"), p.stream("sizes"));
                for (number, at) in (0..).zip(arrivals.one_by_one()) {
                    p.sleep_until(at).await;
                    let service = service.draw_span(&mut services);
                    let patience = patience.draw_span(&mut patiences);
                    p.process_apart((CALLS[kind], number), async move |p| {
                        let agent = idle.get_where(&p, move |agent| agent[kind]);
                        let answered = p.timeout(patience, agent).await;
                        let wait = p.now() - at;
                        let good = answered.is_ok() && wait <= goal;
                        let [waits, lost, goods] = calls[kind];
                        waits.record(&p, wait);
                        lost.record(&p, f64::from(answered.is_err()));
                        goods.record(&p, f64::from(good));
                        if let Ok(agent) = answered {
                            p.sleep(service).await;
                            idle.put(&p, agent).await;
                        }
                    });
                }
            });
        }
        (idle, calls)
    }

    fn measure(&self, simulation: &Simulation, handles: &Self::Handles, measures: &mut Measures) {
        let (idle, calls) = handles;
        for (kind, tallies) in KINDS.iter().zip(calls) {
            let [waits, lost, good] = tallies.map(|tally| tally.tally(simulation));
            measures.add(format!("wait_{kind}"), "s", waits.mean());
            measures.share_of(format!("lost_{kind}"), lost.mean());
            measures.share_of(format!("good_{kind}"), good.mean());
        }
        let agents = f64::from(self.sales_agents + self.support_agents + self.both_agents);
        measures.share_of("utilisation", 1.0 - idle.statistics(simulation).mean_in_use / agents);
    }
}
