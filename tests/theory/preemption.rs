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

/// Customers of one class without end; each a process of its own.
fn class(
    simulation: &mut Simulation,
    name: &'static str,
    rate: f64,
    serve: impl AsyncFn(&Process) + Clone + 'static,
) -> Times {
    let times = Times::default();
    let inside = Rc::clone(&times);
    simulation.process(name, async move |p| {
        let (gaps, mut stream) = (Law::Exponential(1.0 / rate), p.stream("arrivals"));
        for number in 0_u32.. {
            p.sleep(gaps.draw(&mut stream)).await;
            inside.borrow_mut().push(None);
            let (inside, serve) = (Rc::clone(&inside), serve.clone());
            p.process(("customer", number), async move |p| {
                let came = p.now();
                serve(&p).await;
                inside.borrow_mut()[number as usize] = Some((p.now() - came).as_secs_f64());
            });
        }
    });
    times
}

/// The mean time inside of those customers of the second class, less a service.
fn two_classes(
    config: Config,
    slower: f64,
    rate: f64,
    claim: Claim,
    customers: Range<usize>,
) -> Vec<f64> {
    let mut simulation = Simulation::new(config);
    let server = Resource::new(&mut simulation, "server", 1);
    let span = Span::from_secs_f64(slower);
    let urgent = Claim::new().priority(-1).preempting();
    class(&mut simulation, "first", FIRST, async move |p: &Process| {
        server.serve(p, urgent, span).await.expect("it does not yield");
    });
    let times = class(&mut simulation, "second", rate, async move |p: &Process| {
        server.serve(p, claim, span).await.expect("it is not given up");
    });
    for slice in 1.. {
        let until = VirtualTime::from_nanos(slice * 100_000_000_000);
        simulation.run_until(until).expect("no errors");
        let times = times.borrow();
        let all: Option<Vec<f64>> = times.iter().take(customers.end).copied().collect();
        if let Some(all) = all.filter(|all| all.len() == customers.end) {
            let measured = &all[customers];
            return vec![measured.iter().sum::<f64>() / measured.len() as f64 - 1.0];
        }
    }
    unreachable!("customers go on arriving")
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
            two_classes(config, slower, SECOND_RESUMED, Claim::new().resume(), 350..750)
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
            two_classes(config, slower, SECOND_REPEATED, Claim::new().restart(), 200..550)
        },
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
