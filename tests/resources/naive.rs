//! A resource whose capacity changes and whose units fail, simulated by looking at everything at each
//! instant.

use flagfall::random::Distribution;
use flagfall::resource::{Claim, Failures, ResourceStatistics, Shortage};
use flagfall::schedule::Schedule;
use flagfall::{Config, Outcome, Resource, Simulation, Span, VirtualTime};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

/// How units fail, with constant spans in nanoseconds. With no mechanics, a repair needs none.
#[derive(Clone, Debug)]
pub(super) struct Failing {
    pub(super) by_use: bool,
    pub(super) until: u64,
    pub(super) repair: u64,
    pub(super) mechanics: u64,
    pub(super) shortage: Shortage,
}

/// Jobs come one after the other. No two things happen at one time: arrivals and work are odd
/// numbers of nanoseconds and more, and the capacity changes at full hours.
#[derive(Clone, Debug)]
pub(super) struct Case {
    steps: Vec<(u64, u64)>,
    period: u64,
    shortage: Shortage,
    failing: Option<Failing>,
    /// Gap, work, and whether it goes on after a loss; in seconds.
    jobs: Vec<(u64, u64, bool)>,
}

const HOUR: u64 = 3_600_000_000_000;

impl Case {
    fn planned(&self, nanos: u64) -> u64 {
        let hour = nanos / HOUR % self.period;
        self.steps.iter().rev().find(|(from, _)| *from <= hour).expect("the first is at 0").1
    }

    fn most(&self) -> u64 {
        self.steps.iter().map(|(_, value)| *value).max().expect("a step")
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

pub(super) fn case(failing: BoxedStrategy<Option<Failing>>) -> impl Strategy<Value = Case> {
    let steps = prop::collection::btree_map(1..12_u64, 0..4_u64, 1..5);
    let jobs = prop::collection::vec((1..6_000_u64, 1..12_000_u64, any::<bool>()), 1..25);
    (0..4_u64, steps, 12..15_u64, shortage(), failing, jobs)
        .prop_map(|(first, steps, period, shortage, failing, jobs)| {
            let steps = std::iter::once((0, first)).chain(steps).collect();
            Case { steps, period, shortage, failing, jobs }
        })
        .prop_filter("some units", |case| case.most() > 0)
}

pub(super) fn shortage() -> impl Strategy<Value = Shortage> {
    prop_oneof![Just(Shortage::Finish), Just(Shortage::Preempt)]
}

/// When each job ended, and the integrals: capacity, use, use beyond the capacity, units down.
pub(super) struct Naive {
    pub(super) ends: Vec<(u64, bool)>,
    staffed: f64,
    used: f64,
    over: f64,
    down: f64,
}

impl Naive {
    pub(super) fn last(&self) -> u64 {
        self.ends.iter().map(|(end, _)| *end).max().expect("a job")
    }

    pub(super) fn agrees_with(&self, statistics: &ResourceStatistics) -> Result<(), TestCaseError> {
        let near = |found: f64, wanted: f64| (found - wanted).abs() <= 1e-9 * wanted.max(1e-3);
        let span = self.last() as f64;
        prop_assert!(near(statistics.mean_capacity, self.staffed / span), "{statistics:?}");
        prop_assert!(near(statistics.mean_in_use, self.used / span), "{statistics:?}");
        prop_assert!(near(statistics.mean_overtime, self.over / span), "{statistics:?}");
        prop_assert!(near(statistics.mean_down, self.down / span), "{statistics:?}");
        let regular = self.used - self.over;
        let utilisation = if self.staffed == 0.0 { 0.0 } else { regular / self.staffed };
        prop_assert!(near(statistics.utilisation, utilisation), "{statistics:?} {utilisation}");
        Ok(())
    }
}

/// Units that are up, by the clock until they fail; and those that are down.
#[derive(Default)]
struct Units {
    /// For each unit that is up, when it fails by the clock.
    fail_at: Vec<u64>,
    /// The use that is missing to the next failure.
    missing: u64,
    /// When each repair ends that has begun, and how many wait for a mechanic.
    repaired_at: Vec<u64>,
    unattended: u64,
}

impl Units {
    fn down(&self) -> u64 {
        self.repaired_at.len() as u64 + self.unattended
    }
}

struct World<'a> {
    case: &'a Case,
    jobs: Vec<(u64, u64, bool)>,
    ends: Vec<Option<(u64, bool)>>,
    left: Vec<u64>,
    /// Waiting and working jobs by number: the order of claims.
    waiting: Vec<usize>,
    working: Vec<usize>,
    units: Units,
    now: u64,
}

impl World<'_> {
    fn capacity(&self) -> usize {
        self.case.planned(self.now).saturating_sub(self.units.down()) as usize
    }

    /// Takes units away until at most `over` more are in use than there are.
    fn take_surplus(&mut self, over: usize) {
        while self.working.len() > self.capacity() + over {
            let last = self.working.iter().copied().max().expect("one works");
            self.working.retain(|job| *job != last);
            if self.jobs[last].2 {
                self.waiting.push(last);
            } else {
                self.ends[last] = Some((self.now, false));
            }
        }
    }

    /// Takes units away for which the schedule has a place no more. Overtime that began before
    /// the change goes on.
    fn change(&mut self) {
        let Some(before) = self.now.checked_sub(1).map(|before| self.case.planned(before)) else {
            return;
        };
        let before = before.saturating_sub(self.units.down()) as usize;
        if self.case.shortage == Shortage::Preempt && self.capacity() < before {
            self.take_surplus(self.working.len().saturating_sub(before));
        }
    }

    /// Units in use that are not down. Work that is finished on a unit that is down wears nothing.
    fn worn(&self) -> u64 {
        let up = self.case.most().saturating_sub(self.units.down());
        up.min(self.working.len() as u64)
    }

    fn serve(&mut self) {
        self.waiting.sort_unstable();
        while self.working.len() < self.capacity() && !self.waiting.is_empty() {
            self.working.push(self.waiting.remove(0));
        }
    }

    fn fail(&mut self, failing: &Failing) {
        let over = self.working.len().saturating_sub(self.capacity());
        self.units.unattended += 1;
        if failing.shortage == Shortage::Preempt {
            self.take_surplus(over);
        }
    }

    /// Ends the repairs that are over, and begins those that can be.
    fn repair(&mut self, failing: &Failing) {
        let repaired = self.units.repaired_at.extract(|at| *at == self.now);
        let next = self.now + failing.until;
        self.units.fail_at.extend(repaired.iter().map(|_| next));
        let busy = |units: &Units| units.repaired_at.len() as u64;
        let most = if failing.mechanics == 0 { u64::MAX } else { failing.mechanics };
        while self.units.unattended > 0 && busy(&self.units) < most {
            self.units.unattended -= 1;
            self.units.repaired_at.push(self.now + failing.repair);
        }
    }

    fn next_failure(&self) -> u64 {
        let Some(failing) = &self.case.failing else { return u64::MAX };
        if failing.by_use {
            let worn = self.worn();
            if worn == 0 { u64::MAX } else { self.now + self.units.missing.div_ceil(worn) }
        } else {
            self.units.fail_at.iter().copied().min().unwrap_or(u64::MAX)
        }
    }
}

pub(super) fn naive(case: &Case) -> Naive {
    let jobs = case.jobs();
    let mut units = Units::default();
    if let Some(failing) = &case.failing {
        let until = failing.until;
        if failing.by_use {
            units.missing = until;
        } else {
            units.fail_at = vec![until; case.most() as usize];
        }
    }
    let mut world = World {
        case,
        ends: vec![None; jobs.len()],
        left: jobs.iter().map(|job| job.1).collect(),
        jobs,
        waiting: Vec::new(),
        working: Vec::new(),
        units,
        now: 0,
    };
    let mut come = 0;
    let (mut staffed, mut used, mut over, mut down) = (0.0, 0.0, 0.0, 0.0);
    loop {
        world.serve();
        if world.ends.iter().all(Option::is_some) {
            break;
        }
        let now = world.now;
        let change = (now / HOUR + 1) * HOUR;
        let arrival = world.jobs.get(come).map_or(u64::MAX, |job| job.0);
        let done = world.working.iter().map(|job| now + world.left[*job]).min();
        let repair = world.units.repaired_at.iter().copied().min();
        let fails = world.next_failure();
        let others = [Some(change), Some(arrival), done, repair, Some(fails)];
        let next = others.into_iter().flatten().min().expect("the capacity changes");
        let span = next - now;
        let working = world.working.len() as u64;
        staffed += span as f64 * world.capacity() as f64;
        used += span as f64 * working as f64;
        over += span as f64 * world.working.len().saturating_sub(world.capacity()) as f64;
        down += span as f64 * world.units.down() as f64;
        world.units.missing = world.units.missing.saturating_sub(span * world.worn());
        world.working.iter().for_each(|job| world.left[*job] -= span);
        world.now = next;
        world.change();
        if arrival == next {
            world.waiting.push(come);
            come += 1;
        }
        let left = &world.left;
        for job in world.working.extract(|job| left[*job] == 0) {
            world.ends[job] = Some((next, true));
        }
        let Some(failing) = &case.failing else { continue };
        if fails == next && failing.by_use {
            world.units.missing = failing.until;
            world.fail(failing);
        } else if fails == next {
            for _ in world.units.fail_at.extract(|at| *at == next) {
                world.fail(failing);
            }
        }
        world.repair(failing);
    }
    let ends = world.ends.into_iter().map(|end| end.expect("all ended")).collect();
    Naive { ends, staffed, used, over, down }
}

trait Extract<T> {
    /// Takes out those for which it holds.
    fn extract(&mut self, holds: impl Fn(&T) -> bool) -> Vec<T>;
}

impl<T: Clone> Extract<T> for Vec<T> {
    fn extract(&mut self, holds: impl Fn(&T) -> bool) -> Self {
        let out = self.iter().filter(|item| holds(item)).cloned().collect();
        self.retain(|item| !holds(item));
        out
    }
}

/// The same by the engine, until then if given.
pub(super) fn simulated(
    case: &Case,
    until: Option<u64>,
) -> (Vec<(u64, bool)>, ResourceStatistics, VirtualTime) {
    let config = Config::new(42);
    let config = match until {
        Some(until) => config.horizon(VirtualTime::from_nanos(until)),
        None => config,
    };
    let mut simulation = Simulation::new(config);
    let desk = Resource::scheduled(&mut simulation, "desk", case.schedule(), case.shortage);
    if let Some(failing) = &case.failing {
        let constant = |nanos: u64| Distribution::constant(nanos as f64 / 1e9).expect("a number");
        let make = if failing.by_use { Failures::by_use } else { Failures::by_clock };
        let mut failures = make(constant(failing.until), constant(failing.repair));
        if failing.mechanics > 0 {
            let crew = Resource::new(&mut simulation, "mechanics", failing.mechanics);
            failures = failures.crew(crew, Claim::new());
        }
        desk.fail(&mut simulation, "wear", failures.shortage(failing.shortage));
    }
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
    let is_idle = matches!(outcome, Outcome::Idle { .. });
    assert!(is_idle || until.is_some(), "{outcome:?}");
    let ends = jobs.iter().map(|job| job.result().expect("it ended")).collect();
    (ends, desk.statistics(&simulation), simulation.now())
}
