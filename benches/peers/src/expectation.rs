//! What a run must come to, by theory.

use crate::workload::{
    self, CONNECTIONS, FIRING, INTERARRIVAL, Kind, SERVICE, SLEEPERS, WARM, Workload,
};

impl Workload {
    /// What a run reports, the value it must be near, and how near.
    ///
    /// Tolerances of random values are five standard deviations.
    pub(crate) fn expectation(&self) -> (&'static str, f64, f64) {
        let count = self.count as f64;
        match self.kind {
            // Long after the start an event comes every 1.1 s / pending; until
            // then the time is below that line by at most one delay.
            Kind::Phold { processes, each } => {
                let pending = (processes * each) as f64;
                let time = 1.1 * count / pending;
                ("virtual seconds", time - 0.55, 0.65 + 5.0 * time / count.sqrt())
            }
            Kind::Hold { processes, each } => {
                let time = 1.1 * count / (processes * each) as f64;
                ("virtual seconds", WARM + time, 0.1 + 5.0 * time / count.sqrt())
            }
            // Daley, "The serial correlation coefficients of waiting times in
            // a stationary single server queue" (1968): n times the variance
            // of the mean wait of n customers.
            Kind::Mm1 | Kind::Mm1Processes => {
                let load = SERVICE / INTERARRIVAL;
                let polynomial = 2.0 + 5.0 * load - 4.0 * load.powi(2) + load.powi(3);
                let variance = load * polynomial / (1.0 - load).powi(4) / count;
                ("mean wait in seconds", load / (1.0 - load), 5.0 * variance.sqrt())
            }
            Kind::Ring { delayed } => {
                // The token is at the first node at time zero already.
                ("virtual seconds", if delayed { count - 1.0 } else { 0.0 }, 1e-3)
            }
            // A tenth of those pending at the end would have fired later: long
            // silences are few, but last long.
            Kind::Timeouts => {
                let spread = 5.0 * (count * FIRING * (1.0 - FIRING)).sqrt();
                let pending = (CONNECTIONS as f64).min(count) * 0.1;
                ("timeouts fired", count * FIRING - pending / 2.0, spread + pending / 2.0)
            }
            // A quarter of 1 to 5 s a ride, 3 s in the mean, with variance 2.
            Kind::Taxi { .. } => ("total", 0.75 * count, 5.0 * 0.25 * (2.0 * count).sqrt()),
            Kind::Params => ("sum of the vector", -45.0 * count, 1e-3),
            Kind::Reneging => reneging(count),
            Kind::Repair => repair(count),
            Kind::Store => store(count),
            Kind::Sleepers => ("virtual seconds", last_nap(self.count), 1e-3),
            Kind::Spawn => {
                let started = workload::SPAWNING * (count - 1.0);
                ("virtual seconds", started + workload::LIVING, 1e-3)
            }
        }
    }
}

/// The chances of 0, 1, 2, ... of a birth-death chain, from the rates at which it
/// goes from each number to the next and from the next one back. It ends where the
/// rate up is 0 or the chance is nothing.
fn birth_death(up: impl Fn(f64) -> f64, down: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut chances = vec![1.0];
    let mut last: f64 = 1.0;
    for number in 0.. {
        last *= up(f64::from(number)) / down(f64::from(number + 1));
        if last < 1e-20 {
            break;
        }
        chances.push(last);
    }
    let sum: f64 = chances.iter().sum();
    chances.iter().map(|chance| chance / sum).collect()
}

/// M/M/1+M (Palm 1946): who waits leaves at the rate 1 / patience. How many leave is
/// correlated from one customer to the next; three times the variance of
/// independent ones is more than that makes.
fn reneging(count: f64) -> (&'static str, f64, f64) {
    let leaving = |waiting: f64| waiting.max(0.0) / workload::PATIENCE;
    let inside = birth_death(
        |_| 1.0 / workload::BANK_INTERARRIVAL,
        |inside| 1.0 / workload::BANK_SERVICE + leaving(inside - 1.0),
    );
    let rate: f64 =
        inside.iter().enumerate().map(|(number, p)| p * leaving(number as f64 - 1.0)).sum();
    let share = rate * workload::BANK_INTERARRIVAL;
    let spread = 5.0 * (3.0 * count * share * (1.0 - share)).sqrt();
    ("customers who left", share * count, spread + 10.0)
}

/// The machine repair model: the repairer does other jobs while all machines work.
/// Such a time is exponential, and there are at most as many as repairs.
fn repair(count: f64) -> (&'static str, f64, f64) {
    let machines = workload::MACHINES as f64;
    let broken =
        birth_death(|broken| (machines - broken) / workload::LIFE, |_| 1.0 / workload::REPAIR);
    let repairs_a_second = (1.0 - broken[0]) / workload::REPAIR;
    let other_time = count * broken[0] / repairs_a_second;
    let spread = 5.0 * workload::LIFE / machines * (2.0 * count).sqrt();
    ("other jobs done", other_time / workload::OTHER_JOB, spread / workload::OTHER_JOB + 10.0)
}

/// Items on the way, a birth-death chain: with the consumers, in the store, and with
/// producers who wait for room.
fn store(count: f64) -> (&'static str, f64, f64) {
    let (producers, consumers) = (workload::PRODUCERS as f64, workload::CONSUMERS as f64);
    let room = workload::ROOM as f64;
    let waiting = |items: f64| (items - consumers - room).max(0.0);
    let items = birth_death(
        |items| (producers - waiting(items)) / workload::MAKING,
        |items| items.min(consumers) / workload::MAKING,
    );
    let busy: f64 =
        items.iter().enumerate().map(|(number, p)| p * (number as f64).min(consumers)).sum();
    let each = workload::MAKING / busy;
    ("virtual seconds", each * count, each * (5.0 * count.sqrt() + producers + room + consumers))
}

/// When the sleepers have slept that many times altogether, in seconds.
fn last_nap(count: u64) -> f64 {
    let slept = |seconds: f64| -> u64 {
        (0..SLEEPERS).map(|sleeper| (seconds / workload::nap(sleeper)) as u64).sum()
    };
    let (mut early, mut late) = (0.0, 2.0 + 2.0 * count as f64 / SLEEPERS as f64);
    while late - early > 1e-6 {
        let middle = f64::midpoint(early, late);
        if slept(middle) < count { early = middle } else { late = middle }
    }
    late
}
