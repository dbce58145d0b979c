//! Two classes, one server, the first class preempts: what is interrupted is
//! resumed at the head of its class, or begun anew.
//!
//! Both are M/G/1 of completion times (Gaver 1962, "A waiting line with
//! interrupted service, including priorities"; Jaiswal 1968, "Priority queues",
//! chapters III and IV; for resume also Kleinrock, volume II, section 3.6). Of
//! the second class, a completion time `C` is the time from the first beginning
//! of a service to its end. What the second class sees while it has nobody to
//! serve is a server that is busy with the first class for a share `load` of
//! the time, in busy periods `B`; a customer who comes then waits for the rest
//! of one. By the decomposition of Fuhrmann and Cooper (1985) the time inside
//! is `E C + rate E C^2 / (2 (1 - rate E C)) + load E B^2 / (2 E B)`.

use super::check::{Measure, Model};
use super::closed::erlang_c;
use super::station::Law;
use flagfall::resource::Claim;
use flagfall::{Config, Process, Resource, Simulation, Span, VirtualTime};
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

/// Services of both classes are a second.
const FIRST: f64 = 0.3;
const SECOND_RESUMED: f64 = 0.45;
const SECOND_REPEATED: f64 = 0.3;

/// The first two moments of a time.
#[derive(Clone, Copy)]
struct Moments {
    mean: f64,
    square: f64,
}

impl Moments {
    fn variance(self) -> f64 {
        self.square - self.mean * self.mean
    }
}

/// Of a busy period of the first class (Kleinrock, volume I, section 5.8).
fn busy_period() -> Moments {
    let idle = 1.0 - FIRST;
    Moments { mean: 1.0 / idle, square: 1.0 / idle.powi(3) }
}

/// A service and as many busy periods as customers of the first class come
/// during it.
fn resumed() -> Moments {
    let busy = busy_period();
    let mean = 1.0 + FIRST * busy.mean;
    Moments { mean, square: FIRST * busy.square + mean * mean }
}

/// Attempts that fail, each with a busy period after it, and one that does not.
/// An attempt succeeds if nobody of the first class comes within the second;
/// one that fails takes the time until somebody comes.
fn repeated() -> Moments {
    let busy = busy_period();
    let success = (-FIRST).exp();
    let failures = (1.0 - success) / success;
    let spread = (1.0 - success) / (success * success);
    let odds = success / (1.0 - success);
    let until = Moments {
        mean: 1.0 / FIRST - odds,
        square: 2.0 / (FIRST * FIRST) - odds * (1.0 + 2.0 / FIRST),
    };
    let mean = until.mean + busy.mean;
    let variance = until.variance() + busy.variance();
    let total = failures * mean + 1.0;
    Moments { mean: total, square: failures * variance + spread * mean * mean + total * total }
}

/// The mean time inside of the second class.
fn time_inside(rate: f64, completion: Moments) -> f64 {
    let busy = busy_period();
    let queue = rate * completion.square / (2.0 * (1.0 - rate * completion.mean));
    completion.mean + queue + FIRST * busy.square / (2.0 * busy.mean)
}

type Times = Rc<RefCell<Vec<Option<f64>>>>;

/// Two classes that come at those rates; the first preempts.
#[derive(Clone, Copy)]
struct Classes {
    servers: u64,
    rates: [f64; 2],
    services: [Law; 2],
    /// Of the second class.
    claim: Claim,
}

/// Customers of one class without end; each a process of its own.
fn class(
    simulation: &mut Simulation,
    name: &'static str,
    rate: f64,
    service: Law,
    serve: impl AsyncFn(&Process, Span) + Clone + 'static,
) -> Times {
    let times = Times::default();
    let inside = Rc::clone(&times);
    simulation.process(name, async move |p| {
        let (gaps, mut stream) = (Law::Exponential(1.0 / rate), p.stream("arrivals"));
        let mut services = p.stream("services");
        for number in 0_u32.. {
            p.sleep(gaps.draw(&mut stream)).await;
            inside.borrow_mut().push(None);
            let (inside, serve) = (Rc::clone(&inside), serve.clone());
            let service = service.draw(&mut services);
            p.process(("customer", number), async move |p| {
                let came = p.now();
                serve(&p, service).await;
                inside.borrow_mut()[number as usize] = Some((p.now() - came).as_secs_f64());
            });
        }
    });
    times
}

impl Classes {
    /// The mean time inside of those customers of each class.
    fn times_inside(self, config: Config, slower: f64, customers: &Range<usize>) -> [f64; 2] {
        let mut simulation = Simulation::new(config);
        let server = Resource::new(&mut simulation, "server", self.servers);
        let claims = [Claim::new().priority(-1).preempting(), self.claim];
        let times = [0, 1].map(|of| {
            let (rate, service) = (self.rates[of], self.services[of].times(slower));
            let (name, claim) = (["first", "second"][of], claims[of]);
            let serve = async move |p: &Process, work| {
                server.serve(p, claim, work).await.expect("it is not given up");
            };
            class(&mut simulation, name, rate, service, serve)
        });
        let mean = |times: &Times| -> Option<f64> {
            let times = times.borrow();
            let measured: Option<Vec<f64>> =
                times.get(customers.clone())?.iter().copied().collect();
            measured.map(|measured| measured.iter().sum::<f64>() / measured.len() as f64)
        };
        for slice in 1.. {
            let until = VirtualTime::from_nanos(slice * 100_000_000_000);
            simulation.run_until(until).expect("no errors");
            if let [Some(first), Some(second)] = [mean(&times[0]), mean(&times[1])] {
                return [first, second];
            }
        }
        unreachable!("customers go on arriving")
    }
}

/// The time inside of the second class besides the service, of one server that takes a second.
fn second_of_md1(
    config: Config,
    slower: f64,
    rate: f64,
    claim: Claim,
    customers: &Range<usize>,
) -> Vec<f64> {
    let services = [Law::Constant(1.0); 2];
    let classes = Classes { servers: 1, rates: [FIRST, rate], services, claim };
    vec![classes.times_inside(config, slower, customers)[1] - 1.0]
}

/// M/D/1 with 0.3 and 0.45 customers a second, a second each: 18/7 seconds, or
/// 2.571. Kleinrock's formula (volume II, 3.53) has the same.
pub(crate) fn preemptive_resume() -> Model {
    let inside = time_inside(SECOND_RESUMED, resumed());
    let (load, idle) = ((FIRST + SECOND_RESUMED) / 2.0, 1.0 - FIRST);
    let kleinrock = 1.0 / idle + load / (idle * (idle - SECOND_RESUMED));
    assert!((inside - kleinrock).abs() < 1e-12 && (inside - 1.0 - 18.0 / 7.0).abs() < 1e-12);
    Model {
        name: "M/D/1, preemptive resume",
        seed: super::SEED,
        measures: vec![Measure::new("time inside besides the service", inside - 1.0)],
        replicate: |config, slower| {
            second_of_md1(config, slower, SECOND_RESUMED, Claim::new().resume(), &(350..750))
        },
    }
}

/// M/D/1 with 0.3 and 0.3 customers a second, a second each.
pub(crate) fn preemptive_repeat() -> Model {
    let inside = time_inside(SECOND_REPEATED, repeated());
    Model {
        name: "M/D/1, preemptive repeat",
        seed: super::SEED,
        measures: vec![Measure::new("time inside besides the service", inside - 1.0)],
        replicate: |config, slower| {
            second_of_md1(config, slower, SECOND_REPEATED, Claim::new().restart(), &(200..550))
        },
    }
}

/// One server, and services of half a second and of a second on average.
fn of_mm1() -> Classes {
    let services = [Law::Exponential(0.5), Law::Exponential(1.0)];
    Classes { servers: 1, rates: [0.4, 0.3], services, claim: Claim::new().resume() }
}

/// Two servers, and services of a second on average for both classes.
fn of_mm2() -> Classes {
    let services = [Law::Exponential(1.0); 2];
    Classes { servers: 2, rates: [0.5, 0.5], services, claim: Claim::new().resume() }
}

fn both_classes([first, second]: [f64; 2]) -> Vec<Measure> {
    vec![
        Measure::new("time inside of the first class", first),
        Measure::new("of the second", second),
    ]
}

/// For the first class the second does not exist. The second finds the work of both, and waits and
/// works while the first class leaves it the server (Kleinrock, volume II, 3.53).
pub(crate) fn mm1_preemptive_resume() -> Model {
    let Classes { rates, services, .. } = of_mm1();
    let load = |of: usize| rates[of] * services[of].mean();
    let found = |of: usize| rates[of] * services[of].mean_square() / 2.0;
    let first = services[0].mean() / (1.0 - load(0));
    let work = (found(0) + found(1)) / (1.0 - load(0) - load(1));
    let second = (services[1].mean() + work) / (1.0 - load(0));
    Model {
        name: "M/M/1, preemptive resume",
        seed: super::SEED,
        measures: both_classes([first, second]),
        replicate: |config, slower| of_mm1().times_inside(config, slower, &(80..380)).into(),
    }
}

/// Services are alike, so what is left of any is, too: the first class is M/M/2 alone, and both
/// together are M/M/2. By Little's law the rest is the second class.
pub(crate) fn mm2_preemptive_resume() -> Model {
    let [first, second] = of_mm2().rates;
    let inside = |rate: f64| 1.0 + erlang_c(2, rate) / (2.0 - rate);
    let all = first + second;
    let truth = [inside(first), (all * inside(all) - first * inside(first)) / second];
    Model {
        name: "M/M/2, preemptive resume",
        seed: super::SEED,
        measures: both_classes(truth),
        replicate: |config, slower| of_mm2().times_inside(config, slower, &(80..380)).into(),
    }
}

#[test]
fn resume_agrees_with_theory_and_three_percent_are_noticed() {
    preemptive_resume().check_against(1.03);
}

#[test]
fn repeat_agrees_with_theory_and_three_percent_are_noticed() {
    preemptive_repeat().check_against(1.03);
}

#[test]
fn both_classes_of_one_server_agree_with_theory() {
    mm1_preemptive_resume().check();
}

#[test]
fn both_classes_of_two_servers_agree_with_theory() {
    mm2_preemptive_resume().check();
}
