//! Units that fail and are repaired, held to a naive simulation and to theory.

use crate::resources::naive::{Failing, case, naive, shortage, simulated};
use flagfall::WaitFor;
use flagfall::process::Signal;
use flagfall::random::{Distribution, Stream};
use flagfall::resource::{Claim, Failures, Shortage};
use flagfall::{Config, Outcome, Resource, Simulation, Span, VirtualTime};
use proptest::prelude::*;

fn failing() -> BoxedStrategy<Option<Failing>> {
    let nanos = |secs: u64| secs * 1_000_000_000 + 3;
    (any::<bool>(), 5_000..40_000_u64, 100..4_000_u64, 0..3_u64, shortage())
        .prop_map(move |(by_use, until, repair, mechanics, shortage)| {
            // By the clock, a crew would bring the repair of one unit and the failure of another
            // to one instant.
            let mechanics = if by_use { mechanics } else { 0 };
            let (until, repair) = (nanos(until), nanos(repair) + 8);
            Some(Failing { by_use, until, repair, mechanics, shortage })
        })
        .boxed()
}

proptest! {
    #[test]
    fn units_fail_as_in_a_naive_simulation(case in case(failing())) {
        let naive = naive(&case);
        let (ends, statistics, _) = simulated(&case, Some(naive.last()));
        prop_assert_eq!(&ends, &naive.ends);
        naive.agrees_with(&statistics)?;
    }
}

fn exponential(mean: f64) -> Distribution {
    Distribution::exponential(mean).expect("a mean")
}

/// Machines that always work and a crew that is too small: how many are down is a birth-death
/// process (the machine interference or machine repair problem; Kleinrock, Queueing Systems I, 3.9).
#[test]
fn machines_wait_for_a_shared_crew() {
    let (machines, mechanics, until, repair) = (5_u64, 2_u64, 10.0, 4.0);
    let mut weights = vec![1.0];
    for down in 0..machines {
        let fails = (machines - down) as f64 / until;
        let repaired = (down + 1).min(mechanics) as f64 / repair;
        weights.push(weights[down as usize] * fails / repaired);
    }
    let total: f64 = weights.iter().sum();
    let mean = weights.iter().enumerate().map(|(down, weight)| down as f64 * weight).sum::<f64>();
    let expected = mean / total;

    let mut simulation = Simulation::new(Config::new(7).horizon(VirtualTime::from_secs(200_000)));
    let crew = Resource::new(&mut simulation, "mechanics", mechanics);
    let failures = Failures::by_clock(exponential(until), exponential(repair));
    let all = Resource::new(&mut simulation, "machines", machines);
    all.fail(&mut simulation, "wear", failures.crew(crew, Claim::new()));
    simulation.run().expect("no error");
    let found = all.statistics(&simulation);
    assert!((found.mean_down - expected).abs() < 0.02 * expected, "{found:?} {expected}");
    assert!((found.mean_capacity + found.mean_down - machines as f64).abs() < 1e-9);
}

/// The mean time in a queue of customers who come at a rate, with exponential work of one second.
fn mean_wait(failures: &Failures, rate: f64, servers: u64, customers: u32) -> f64 {
    let mut simulation = Simulation::new(Config::new(11));
    let till = Resource::new(&mut simulation, "till", servers);
    till.fail(&mut simulation, "wear", failures.clone());
    let (gap, work) = (exponential(1.0 / rate), exponential(1.0));
    let total = simulation.process("door", async move |p| {
        let (mut gaps, mut works): (Stream, Stream) = (p.stream("gaps"), p.stream("works"));
        let mut inside = Vec::new();
        for number in 0..customers {
            p.sleep(gap.draw_span(&mut gaps)).await;
            let work = work.draw_span(&mut works);
            inside.push(p.process(("customer", number), async move |p| {
                let since = p.now();
                till.serve(&p, Claim::new().resume(), work).await.expect("it resumes");
                (p.now() - since).as_secs_f64()
            }));
        }
        let mut total = 0.0;
        for customer in inside {
            total += p.join(&customer).await.expect("it ends");
        }
        p.end_run();
        total
    });
    simulation.run().expect("no error");
    total.result().expect("it ended") / f64::from(customers)
}

/// Failures while in use lengthen the work: M/G/1 with completion times (Pollaczek and Khinchine;
/// Gaver 1962, A waiting line with interrupted service).
#[test]
fn failures_by_use_lengthen_the_work() {
    let (rate, until, repair) = (0.5, 10.0, 2.0);
    let stretch = 1.0 + repair / until;
    let second_moment = 2.0 * stretch * stretch + 2.0 * repair * repair / until;
    let expected = stretch + rate * second_moment / (2.0 * (1.0 - rate * stretch));
    let failures = Failures::by_use(exponential(until), exponential(repair));
    let found = mean_wait(&failures, rate, 1, 60_000);
    assert!((found - expected).abs() < 0.04 * expected, "{found} {expected}");
}

/// M/M/2 whose servers fail by the clock: the stationary distribution of the numbers of customers
/// and of servers that are up, from its balance equations.
#[test]
fn failures_by_the_clock_agree_with_the_balance_equations() {
    let (rate, until, repair, servers) = (0.9, 20.0, 5.0, 2_usize);
    let most = 120;
    // By uniformisation: powers of a stochastic matrix, a step of a Markov chain at a time.
    let mut now = vec![vec![0.0; servers + 1]; most + 1];
    now[0][servers] = 1.0;
    let step = 1.0 / (rate + servers as f64 * (1.0 + 1.0 / until + 1.0 / repair));
    for _ in 0..20_000 {
        let mut next = now.clone();
        for (inside, row) in now.iter().enumerate() {
            for (up, share) in row.iter().enumerate() {
                let mut flow = |to: (usize, usize), at: f64| {
                    next[inside][up] -= share * at * step;
                    next[to.0][to.1] += share * at * step;
                };
                if inside < most {
                    flow((inside + 1, up), rate);
                }
                if inside > 0 {
                    flow((inside - 1, up), inside.min(up) as f64);
                }
                if up > 0 {
                    flow((inside, up - 1), up as f64 / until);
                }
                if up < servers {
                    flow((inside, up + 1), (servers - up) as f64 / repair);
                }
            }
        }
        now = next;
    }
    let number = |(inside, row): (usize, &Vec<f64>)| inside as f64 * row.iter().sum::<f64>();
    let expected = now.iter().enumerate().map(number).sum::<f64>() / rate;
    let failures = Failures::by_clock(exponential(until), exponential(repair));
    let found = mean_wait(&failures, rate, servers as u64, 60_000);
    assert!((found - expected).abs() < 0.04 * expected, "{found} {expected}");
}

#[test]
fn several_reasons_add_up_and_each_has_its_own_numbers() {
    let run = |reasons: &[&'static str]| {
        let mut simulation = Simulation::new(Config::new(3).horizon(VirtualTime::from_hours(50)));
        let press = Resource::new(&mut simulation, "press", 1);
        for reason in reasons {
            let failures = Failures::by_clock(exponential(3_600.0), exponential(600.0));
            press.fail(&mut simulation, *reason, failures);
        }
        simulation.run().expect("no error");
        press.statistics(&simulation)
    };
    let (jam, wear, both) = (run(&["jam"]), run(&["wear"]), run(&["jam", "wear"]));
    assert!(jam.mean_down > 0.0 && wear.mean_down > 0.0 && jam.mean_down != wear.mean_down);
    let sum = jam.mean_down + wear.mean_down;
    assert!((both.mean_down - sum).abs() < 1e-9, "{both:?} {sum}");
    // Down for both reasons at once, there is still no unit less than none.
    assert!(both.mean_capacity >= 1.0 - sum - 1e-9, "{both:?}");
}

#[test]
fn waiting_for_use_is_not_a_reason_to_be_stuck() {
    let mut simulation = Simulation::new(Config::new(3));
    let lathe = Resource::new(&mut simulation, "lathe", 2);
    simulation.process("maintenance", async move |p| {
        lathe.used(&p, Span::from_secs(10)).await;
    });
    simulation.process("jobs", async move |p| {
        let _both = lathe.acquire_as(&p, Claim::new().amount(2)).await;
        p.sleep(Span::from_secs(4)).await;
    });
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert!(simulation.stuck().is_none());
    // Beside a wait in vain, it is told.
    simulation.process("lost", async |p| Signal::<()>::new().wait(&p).await);
    assert!(matches!(simulation.run(), Ok(Outcome::Stuck { .. })));
    let waits = &simulation.stuck().expect("it waits").others[1];
    assert_eq!(waits.what, WaitFor::Use { resource: "lathe".to_owned() });
    assert!(waits.to_string().ends_with("for more use of lathe"), "{waits}");
}

#[test]
fn use_is_counted_from_the_call_on() {
    let mut simulation = Simulation::new(Config::new(3));
    let lathe = Resource::new(&mut simulation, "lathe", 3);
    for (name, begins, amount) in [("a", 0, 1), ("b", 2, 2)] {
        simulation.process(name, async move |p| {
            p.sleep(Span::from_secs(begins)).await;
            let _held = lathe.acquire_as(&p, Claim::new().amount(amount)).await;
            p.sleep(Span::from_secs(10)).await;
        });
    }
    let asked = [(1, 4), (1, 0), (3, 100)].map(|(begins, secs)| {
        let name = format!("from {begins} for {secs}");
        simulation.process(name, async move |p| {
            p.sleep(Span::from_secs(begins)).await;
            lathe.used(&p, Span::from_secs(secs)).await;
            p.now()
        })
    });
    // Whoever gives up does not keep the run going.
    simulation.process("hasty", async move |p| {
        let wait = p.timeout(Span::from_secs(1), lathe.used(&p, Span::from_secs(50))).await;
        assert!(wait.is_err());
    });
    simulation.run().expect("no error");
    // One unit for a second, then three: 1 + 3 are 4 seconds at 3 s.
    let found: Vec<_> = asked.iter().map(flagfall::ProcessRef::result).collect();
    assert_eq!(found, [Some(VirtualTime::from_secs(3)), Some(VirtualTime::from_secs(1)), None]);
    assert_eq!(simulation.now(), VirtualTime::from_secs(12));
}

#[test]
fn a_distribution_that_can_be_negative_ends_the_run() {
    let mut simulation = Simulation::new(Config::new(3));
    let press = Resource::new(&mut simulation, "press", 1);
    let normal = Distribution::normal(100.0, 1.0).expect("a distribution");
    press.fail(&mut simulation, "jam", Failures::by_clock(normal, exponential(1.0)));
    let error = simulation.run().expect_err("it can be negative").to_string();
    assert!(error.contains("jam") && error.contains("truncated(normal"), "{error}");
}

#[test]
fn work_that_does_not_yield_is_finished() {
    for (shortage, claim, end) in [
        (Shortage::Preempt, Claim::new().resume(), 16),
        (Shortage::Preempt, Claim::new(), 10),
        (Shortage::Finish, Claim::new().resume(), 10),
    ] {
        let mut simulation = Simulation::new(Config::new(3).horizon(VirtualTime::from_secs(17)));
        let press = Resource::new(&mut simulation, "press", 1);
        let constant = |secs: f64| Distribution::constant(secs).expect("a number");
        let failures = Failures::by_clock(constant(4.0), constant(3.0)).shortage(shortage);
        press.fail(&mut simulation, "jam", failures);
        let job = simulation.process("job", async move |p| {
            // With `serve`, a claim resumes by default.
            if claim == Claim::new() {
                let _press = press.acquire(&p).await;
                p.sleep(Span::from_secs(10)).await;
            } else {
                press.serve(&p, claim, Span::from_secs(10)).await.expect("it resumes");
            }
            p.now()
        });
        simulation.run().expect("no error");
        // It is down from 4 to 7 and from 11 to 14.
        assert_eq!(job.result(), Some(VirtualTime::from_secs(end)), "{shortage:?}");
        assert!((press.statistics(&simulation).mean_down - 6.0 / 17.0).abs() < 1e-9);
    }
}
