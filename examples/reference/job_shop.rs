//! The job shop of Law and Kelton, Simulation Modeling and Analysis, chapter 2: five stations, three
//! types of jobs, each with its own route.

use flagfall::{
    Measures, arrivals::ArrivalProcess, collect::Tally, prelude::*, random::Distribution,
};
use flagfall_cli::OwnModel;

use super::options::kind;

/// Stations, counted from 1, and mean hours of service there, for each type.
const ROUTES: [&[(usize, f64)]; 3] = [
    &[(3, 0.50), (1, 0.60), (2, 0.85), (5, 0.50)],
    &[(4, 1.10), (1, 0.80), (3, 0.75)],
    &[(2, 1.20), (5, 0.25), (1, 0.70), (4, 0.90), (3, 1.00)],
];

/// Job shop: five stations, three types of jobs with their routes
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct JobShop {
    /// Days of eight hours
    #[arg(long, value_name = "N", default_value_t = 365)]
    pub(crate) days: u64,
    /// Machines at each of the five stations
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_value = "3,2,4,3,1",
        value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) machines: Vec<u64>,
    /// When jobs come
    #[arg(long, default_value = "exponential(mean=15min)")]
    pub(crate) arrivals: ArrivalProcess,
    /// The type of a job: 0, 1 or 2
    #[arg(long, value_parser = kind, default_value = "weighted(0.3: 0, 0.5: 1, 0.2: 2)")]
    pub(crate) kind: Distribution,
}

/// What is read at the end.
pub(crate) struct Shop {
    stations: Vec<Resource>,
    delays: [Tally; 3],
}

impl OwnModel for JobShop {
    const NAME: &'static str = "job_shop";
    type Handles = Shop;

    fn check(&self) -> Result<(), String> {
        match self.machines.len() {
            5 => Ok(()),
            count => Err(format!("--machines has {count} numbers, and there are five stations")),
        }
    }

    fn start(&self, simulation: &mut Simulation) -> Shop {
        simulation.set_horizon(Some(VirtualTime::from_hours(8 * self.days)));
        let station = |(number, machines): (u32, &u64)| {
            Resource::new(simulation, ("station", number), *machines)
        };
        let stations: Vec<Resource> = (1..).zip(&self.machines).map(station).collect();
        let delays = [1, 2, 3].map(|kind| Tally::of(simulation, ("delay", kind), "s", []));
        let step = |&(station, hours): &(usize, f64)| {
            let service = Distribution::erlang(2, 3600.0 * hours).expect("the mean is above 0");
            (stations[station - 1], service)
        };
        let routes: Vec<Vec<_>> =
            ROUTES.iter().map(|route| route.iter().map(step).collect()).collect();
        let model = self.clone();
        simulation.process("door", async move |p| {
            let (mut kinds, mut services) = (p.stream("kind"), p.stream("service"));
            let arrivals = model.arrivals.begin(p.now(), p.stream("times"), p.stream("sizes"));
            for (number, at) in (0..).zip(arrivals.one_by_one()) {
                p.sleep_until(at).await;
                let kind = model.kind.draw_whole(&mut kinds) as usize;
                let draw = |(station, service): &(Resource, Distribution)| {
                    (*station, service.draw_span(&mut services))
                };
                let route: Vec<_> = routes[kind].iter().map(draw).collect();
                p.process_apart(("job", number), async move |p| {
                    let mut delay = Span::ZERO;
                    for (station, service) in route {
                        let since = p.now();
                        let _machine = station.acquire(&p).await;
                        delay += p.now() - since;
                        p.sleep(service).await;
                    }
                    delays[kind].record(&p, delay);
                });
            }
        });
        Shop { stations, delays }
    }

    fn measure(&self, simulation: &Simulation, shop: &Shop, measures: &mut Measures) {
        for (kind, delays) in (1..).zip(shop.delays) {
            measures.add(format!("delay_{kind}"), "s", delays.tally(simulation).mean());
        }
        for (number, station) in (1..).zip(&shop.stations) {
            let statistics = station.statistics(simulation);
            measures.add(format!("queue_{number}"), "1", statistics.mean_waiting);
            measures.share_of(format!("utilisation_{number}"), statistics.utilisation);
        }
    }
}
