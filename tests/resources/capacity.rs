//! Capacities that change, held to a naive simulation.

use flagfall::resource::{Claim, ResourceStatistics, Shortage};
use flagfall::schedule::Schedule;
use flagfall::{Config, ErrorKind, Outcome, Resource, Simulation, Span, VirtualTime};
use proptest::prelude::*;

/// Jobs come one after the other. No two things happen at one time: arrivals and work are odd
/// numbers of nanoseconds and more, and the capacity changes at full hours.
#[derive(Clone, Debug)]
struct Case {
    steps: Vec<(u64, u64)>,
    period: u64,
    shortage: Shortage,
    /// Gap, work, and whether it goes on after a loss; in seconds.
    jobs: Vec<(u64, u64, bool)>,
}

const HOUR: u64 = 3_600_000_000_000;

impl Case {
    fn capacity(&self, nanos: u64) -> u64 {
        let hour = nanos / HOUR % self.period;
        self.steps.iter().rev().find(|(from, _)| *from <= hour).expect("the first is at 0").1
    }

    fn schedule(&self) -> Schedule<u64> {
        let steps = self.steps.iter().map(|(hour, value)| (Span::from_hours(*hour), *value));
        Schedule::repeating(Span::from_hours(self.period), steps.collect()).expect("a schedule")
    }

    /// Arrival and work of each job in nanoseconds.
    fn jobs(&self) -> Vec<(u64, u64, bool)> {
        let mut at = 0;
        let jobs = (1..).zip(&self.jobs).map(|(number, (gap, work, resumes))| {
            // So that no sums of some are equal to sums of others.
            at += gap * 1_000_000_000 + 1 + 1_000 * number * number;
            (at, work * 1_000_000_000 + 7 + 1_000_003 * number * number, *resumes)
        });
        jobs.collect()
    }
}

fn case() -> impl Strategy<Value = Case> {
    let steps = prop::collection::btree_map(1..12_u64, 0..4_u64, 1..5);
    let jobs = prop::collection::vec((1..6_000_u64, 1..12_000_u64, any::<bool>()), 1..25);
    (0..4_u64, steps, 12..15_u64, any::<bool>(), jobs)
        .prop_map(|(first, steps, period, preempts, jobs)| {
            let shortage = if preempts { Shortage::Preempt } else { Shortage::Finish };
            Case {
                steps: std::iter::once((0, first)).chain(steps).collect(),
                period,
                shortage,
                jobs,
            }
        })
        .prop_filter("some units", |case| case.steps.iter().any(|(_, capacity)| *capacity > 0))
}

/// When each job ended, and the integrals: capacity, use, use beyond the capacity.
struct Naive {
    ends: Vec<(u64, bool)>,
    staffed: f64,
    used: f64,
    over: f64,
}

fn naive(case: &Case) -> Naive {
    let jobs = case.jobs();
    let mut ends = vec![None; jobs.len()];
    let mut left: Vec<u64> = jobs.iter().map(|job| job.1).collect();
    // Waiting and working jobs by number: the order of claims.
    let (mut waiting, mut working) = (Vec::<usize>::new(), Vec::<usize>::new());
    let (mut now, mut come) = (0_u64, 0);
    let (mut staffed, mut used, mut over) = (0.0, 0.0, 0.0);
    while ends.iter().any(Option::is_none) {
        let capacity = case.capacity(now) as usize;
        if case.shortage == Shortage::Preempt {
            while working.len() > capacity {
                let last = working.iter().copied().max().expect("one works");
                working.retain(|job| *job != last);
                if jobs[last].2 {
                    waiting.push(last);
                } else {
                    ends[last] = Some((now, false));
                }
            }
        }
        waiting.sort_unstable();
        while working.len() < capacity && !waiting.is_empty() {
            working.push(waiting.remove(0));
        }
        let change = (now / HOUR + 1) * HOUR;
        let arrival = jobs.get(come).map_or(u64::MAX, |job| job.0);
        let done = working.iter().map(|job| now + left[*job]).min().unwrap_or(u64::MAX);
        let next = change.min(arrival).min(done);
        if ends.iter().all(Option::is_some) {
            break;
        }
        let span = (next - now) as f64;
        staffed += span * capacity as f64;
        used += span * working.len() as f64;
        over += span * working.len().saturating_sub(capacity) as f64;
        working.iter().for_each(|job| left[*job] -= next - now);
        now = next;
        if arrival == now {
            waiting.push(come);
            come += 1;
        }
        for job in working.extract_if_done(&left) {
            ends[job] = Some((now, true));
        }
    }
    let ends = ends.into_iter().map(|end| end.expect("all ended")).collect();
    Naive { ends, staffed, used, over }
}

trait Done {
    fn extract_if_done(&mut self, left: &[u64]) -> Vec<usize>;
}

impl Done for Vec<usize> {
    fn extract_if_done(&mut self, left: &[u64]) -> Vec<usize> {
        let done = self.iter().copied().filter(|job| left[*job] == 0).collect();
        self.retain(|job| left[*job] > 0);
        done
    }
}

fn simulated(case: &Case) -> (Vec<(u64, bool)>, ResourceStatistics, VirtualTime) {
    let mut simulation = Simulation::new(Config::new(42));
    let desk = Resource::scheduled(&mut simulation, "desk", case.schedule(), case.shortage);
    let jobs: Vec<_> = (0..)
        .zip(case.jobs())
        .map(|(number, (at, work, resumes))| {
            simulation.process(("job", number), async move |p| {
                p.sleep_until(VirtualTime::from_nanos(at)).await;
                let claim = Claim::new().yielding();
                let claim = if resumes { claim.resume() } else { claim.give_up() };
                let done = desk.serve(&p, claim, Span::from_nanos(work)).await.is_ok();
                (p.now().as_nanos(), done)
            })
        })
        .collect();
    let outcome = simulation.run().expect("no error");
    assert!(matches!(outcome, Outcome::Idle { .. }), "{outcome:?}");
    let ends = jobs.iter().map(|job| job.result().expect("it ended")).collect();
    (ends, desk.statistics(&simulation), simulation.now())
}

proptest! {
    #[test]
    fn a_schedule_serves_as_a_naive_one(case in case()) {
        let (ends, statistics, now) = simulated(&case);
        let naive = naive(&case);
        prop_assert_eq!(&ends, &naive.ends);
        // The schedule has not kept the run going.
        let last = ends.iter().map(|(end, _)| *end).max().expect("a job");
        prop_assert_eq!(now.as_nanos(), last);
        let near = |found: f64, wanted: f64| (found - wanted).abs() <= 1e-9 * wanted.max(1e-3);
        let span = last as f64;
        prop_assert!(near(statistics.mean_capacity, naive.staffed / span), "{statistics:?}");
        prop_assert!(near(statistics.mean_in_use, naive.used / span), "{statistics:?}");
        prop_assert!(near(statistics.mean_overtime, naive.over / span), "{statistics:?}");
        let utilisation = (naive.used - naive.over) / naive.staffed;
        let is_right = near(statistics.utilisation, utilisation) || naive.staffed == 0.0;
        prop_assert!(is_right, "{statistics:?} {utilisation}");
    }
}

#[test]
fn a_capacity_that_is_set_serves_and_takes_at_once() {
    for (shortage, ends) in [(Shortage::Finish, [10, 10, 20]), (Shortage::Preempt, [10, 16, 25])] {
        let mut simulation = Simulation::new(Config::new(42));
        let tills = Resource::new(&mut simulation, "tills", 2);
        let customers: Vec<_> = (0..3)
            .map(|number| {
                simulation.process(("customer", number), async move |p| {
                    let claim = Claim::new().resume();
                    tills.serve(&p, claim, Span::from_secs(10)).await.expect("it resumes");
                    p.now()
                })
            })
            .collect();
        simulation.process("manager", async move |mut p| {
            p.sleep(Span::from_secs(4)).await;
            tills.set_capacity(&mut p, 1, shortage);
            p.sleep(Span::from_secs(11)).await;
            tills.set_capacity(&mut p, 2, shortage);
        });
        simulation.run().expect("no error");
        let found: Vec<_> = customers.iter().map(flagfall::ProcessRef::result).collect();
        assert_eq!(found, ends.map(|end| Some(VirtualTime::from_secs(end))), "{shortage:?}");
        assert_eq!(tills.capacity(&simulation), 2);
    }
}

#[test]
fn claims_wait_for_a_capacity_that_comes() {
    let mut simulation = Simulation::new(Config::new(42));
    let schedule = "daily(0: 1, 8h: 3)".parse().expect("a schedule");
    let nurses = Resource::scheduled(&mut simulation, "nurses", schedule, Shortage::Finish);
    assert_eq!(nurses.capacity(&simulation), 1);
    let all = simulation.process("all", async move |p| {
        let _all = nurses.acquire_as(&p, Claim::new().amount(3)).await;
        p.now()
    });
    let none = simulation.process("hasty", async move |p| {
        p.timeout(Span::from_hours(1), nurses.acquire(&p)).await.is_err()
    });
    simulation.run().expect("no error");
    assert_eq!(all.result(), Some(VirtualTime::from_hours(8)));
    assert_eq!(none.result(), Some(true));
    // A look that nobody waits for is gone.
    let mut simulation = Simulation::new(Config::new(42));
    let schedule = "daily(0: 0, 8h: 3)".parse().expect("a schedule");
    let nurses = Resource::scheduled(&mut simulation, "nurses", schedule, Shortage::Finish);
    simulation.process("hasty", async move |p| {
        p.timeout(Span::from_hours(1), nurses.acquire(&p)).await.is_err()
    });
    simulation.run().expect("no error");
    assert_eq!(simulation.now(), VirtualTime::from_hours(1));
}

#[test]
fn what_cannot_be_is_an_error() {
    let never = |text: &str| {
        let mut simulation = Simulation::new(Config::new(42));
        let schedule = text.parse().expect("a schedule");
        let nurses = Resource::scheduled(&mut simulation, "nurses", schedule, Shortage::Finish);
        simulation.process("all", async move |mut p| {
            if p.now() == VirtualTime::ZERO {
                nurses.set_capacity(&mut p, 1, Shortage::Finish);
            }
        });
        simulation.run().expect_err("a schedule").kind
    };
    let wanted = ErrorKind::FollowsSchedule { resource: "nurses".to_owned() };
    assert_eq!(never("daily(0: 1)"), wanted);

    let mut simulation = Simulation::new(Config::new(42));
    let schedule = "daily(0: 1, 8h: 3)".parse().expect("a schedule");
    let nurses = Resource::scheduled(&mut simulation, "nurses", schedule, Shortage::Finish);
    simulation.process("all", async move |p| {
        let _all = nurses.acquire_as(&p, Claim::new().amount(4)).await;
    });
    let error = simulation.run().expect_err("four of three").kind;
    let wanted = ErrorKind::NeverEnough { resource: "nurses".to_owned(), asked: 4, capacity: 3 };
    assert_eq!(error, wanted);
}
