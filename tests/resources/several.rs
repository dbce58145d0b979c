//! Claims of several resources, held to a naive simulation that looks at everything after every
//! event.

use flagfall::resource::{Claim, Held, Share, Shortage};
use flagfall::schedule::Schedule;
use flagfall::{Config, Outcome, Process, Resource, Simulation, Span, VirtualTime};
use proptest::prelude::*;
use std::collections::VecDeque;

const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;

/// A part of a second that no other event has, so that no two things happen at one time.
fn part(number: usize, what: u64) -> u64 {
    let mut mixed = (number as u64 * 8 + what + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ mixed >> 27) % SECOND
}

#[derive(Clone, Debug)]
struct Customer {
    at: u64,
    /// Resource and amount, for each option.
    options: Vec<Vec<(usize, u64)>>,
    priority: i32,
    patience: Option<u64>,
    work: u64,
}

#[derive(Clone, Debug)]
struct Case {
    /// The capacity of each resource, and from which minute of every period on it is how much.
    resources: Vec<(u64, Vec<(u64, u64)>)>,
    customers: Vec<Customer>,
}

impl Case {
    // No two schedules change at one time in the first days: it would be a tie which line is served
    // first. Periods begin at different seconds, and changes come some nanoseconds after a second.
    fn period(number: usize) -> u64 {
        60 * MINUTE + 7 * number as u64 * SECOND
    }

    /// When in its period a resource has which capacity from then on, in order.
    fn changes(&self, number: usize) -> impl DoubleEndedIterator<Item = (u64, u64)> {
        let after = number as u64 + 1;
        self.resources[number].1.iter().map(move |(from, value)| (from * MINUTE + after, *value))
    }

    fn capacity(&self, number: usize, now: u64) -> u64 {
        let at = now % Self::period(number);
        let last = self.changes(number).rev().find(|(from, _)| *from <= at);
        last.map_or(self.resources[number].0, |one| one.1)
    }

    fn next_change(&self, number: usize, now: u64) -> Option<u64> {
        self.changes(number).next()?;
        let begin = now - now % Self::period(number);
        let times = self.changes(number).map(|(from, _)| begin + from);
        times.chain([begin + Self::period(number)]).filter(|at| *at > now).min()
    }
}

fn customers(resources: usize) -> impl Strategy<Value = Vec<Customer>> {
    let share = (0..resources, 1..3_u64);
    let option = prop::collection::vec(share, 1..4);
    let options = prop_oneof![
        3 => prop::collection::vec(option.clone(), 1..2),
        1 => prop::collection::vec(option, 1..4),
        1 => prop::collection::vec((0..resources, 1..3_u64), 1..4)
            .prop_map(|all| all.into_iter().map(|share| vec![share]).collect()),
    ];
    let patience = prop::option::of(1..600_u64);
    let one = (0..120_u64, options, -1..2_i32, patience, 1..300_u64);
    prop::collection::vec(one, 1..16).prop_map(|all| {
        let mut at = 0;
        let mut customers = Vec::new();
        for (number, (gap, mut options, priority, patience, work)) in all.into_iter().enumerate() {
            at += gap * SECOND;
            for option in &mut options {
                option.sort_unstable();
                option.dedup_by_key(|share| share.0);
            }
            customers.push(Customer {
                at: at + part(number, 0),
                options,
                priority,
                patience: patience.map(|patience| patience * SECOND + part(number, 1)),
                work: work * SECOND + part(number, 2),
            });
        }
        customers.sort_by_key(|customer| customer.at);
        customers
    })
}

fn case(scheduled: bool) -> impl Strategy<Value = Case> {
    let changes = prop::collection::btree_map(1..60_u64, 0..4_u64, 1..4);
    let changes = changes.prop_map(|all| all.into_iter().collect::<Vec<_>>());
    let changes = if scheduled {
        prop_oneof![Just(Vec::new()), changes].boxed()
    } else {
        Just(Vec::new()).boxed()
    };
    prop::collection::vec((2..4_u64, changes), 2..5).prop_flat_map(|resources| {
        customers(resources.len())
            .prop_map(move |customers| Case { resources: resources.clone(), customers })
    })
}

/// When a customer was served, by which option; never, if it left.
type Served = Option<(usize, u64)>;

#[derive(Debug, Default, PartialEq)]
struct Line {
    granted: u64,
    withdrawn: u64,
    waits: u128,
    longest: u64,
    in_use: u128,
    waiting: u128,
}

/// After every event, looks at everything.
struct Naive<'a> {
    case: &'a Case,
    now: u64,
    in_use: Vec<u64>,
    lines: Vec<Line>,
    /// Waiting customers, by priority and arrival.
    waiting: Vec<usize>,
    working: Vec<(usize, usize, u64)>,
    served: Vec<Served>,
    open: VecDeque<usize>,
}

impl Naive<'_> {
    fn is_in(&self, customer: usize, line: usize) -> bool {
        self.case.customers[customer].options.iter().flatten().any(|share| share.0 == line)
    }

    fn blocks(&self, customer: usize, line: usize) -> bool {
        self.case.customers[customer].options.iter().any(|o| o.len() == 1 && o[0].0 == line)
    }

    fn lines_of(&self, customer: usize) -> Vec<usize> {
        let mut lines = Vec::new();
        for (line, _) in self.case.customers[customer].options.iter().flatten() {
            if !lines.contains(line) {
                lines.push(*line);
            }
        }
        lines
    }

    fn able(&self, customer: usize) -> Option<usize> {
        let before = self.waiting.iter().take_while(|other| **other != customer);
        let is_free = |&(line, amount): &(usize, u64)| {
            let there = self.case.capacity(line, self.now);
            there >= self.in_use[line] + amount
                && !before.clone().any(|other| self.blocks(*other, line))
        };
        self.case.customers[customer].options.iter().position(|option| option.iter().all(is_free))
    }

    fn grant(&mut self, customer: usize, option: usize) {
        self.waiting.retain(|other| *other != customer);
        let Customer { at, work, options, .. } = &self.case.customers[customer];
        for line in self.lines_of(customer) {
            match options[option].iter().find(|share| share.0 == line) {
                Some((_, amount)) => {
                    self.in_use[line] += amount;
                    let (wait, stat) = (self.now - at, &mut self.lines[line]);
                    stat.granted += 1;
                    stat.waits += u128::from(wait);
                    stat.longest = stat.longest.max(wait);
                }
                None => {
                    self.lines[line].withdrawn += 1;
                    if self.blocks(customer, line) {
                        self.open.push_back(line);
                    }
                }
            }
        }
        self.working.push((customer, option, self.now + work));
        self.served[customer] = Some((option, self.now));
    }

    fn scan(&mut self, line: usize) {
        let mut place = 0;
        while let Some(&customer) = self.waiting.get(place) {
            if !self.is_in(customer, line) {
                place += 1;
            } else if let Some(option) = self.able(customer) {
                self.grant(customer, option);
            } else if self.blocks(customer, line) {
                return;
            } else {
                place += 1;
            }
        }
    }

    fn settle(&mut self) {
        while let Some(line) = self.open.pop_front() {
            self.scan(line);
        }
        let forgotten = self.waiting.iter().find(|customer| self.able(**customer).is_some());
        assert_eq!(forgotten, None, "nobody who could go on waits, at {}", self.now);
    }

    fn next(&self) -> Option<u64> {
        let arrivals = self.case.customers.iter().map(|customer| customer.at);
        let leaves = self.waiting.iter().filter_map(|customer| {
            let Customer { at, patience, .. } = self.case.customers[*customer];
            patience.map(|patience| at + patience)
        });
        let ends = self.working.iter().map(|working| working.2);
        let events = arrivals.chain(leaves).chain(ends).filter(|at| *at > self.now).min();
        let changes =
            (0..self.in_use.len()).filter_map(|line| self.case.next_change(line, self.now));
        let changes = changes.min().filter(|_| !self.waiting.is_empty());
        events.into_iter().chain(changes).min()
    }

    fn pass(&mut self, next: u64) {
        for line in 0..self.lines.len() {
            let span = u128::from(next - self.now);
            let waiting = self.waiting.iter().filter(|one| self.is_in(**one, line)).count();
            self.lines[line].in_use += span * u128::from(self.in_use[line]);
            self.lines[line].waiting += span * waiting as u128;
        }
        self.now = next;
    }

    fn happen(&mut self) {
        let now = self.now;
        for line in 0..self.in_use.len() {
            if self.case.capacity(line, now) != self.case.capacity(line, now - 1) {
                self.open.push_back(line);
            }
        }
        if let Some(place) = self.working.iter().position(|working| working.2 == now) {
            let (customer, option, _) = self.working.remove(place);
            for &(line, amount) in &self.case.customers[customer].options[option] {
                self.in_use[line] -= amount;
                self.open.push_back(line);
            }
        }
        if let Some(customer) = self.case.customers.iter().position(|one| one.at == now) {
            let priority = |one: &usize| self.case.customers[*one].priority;
            let before = |one: &usize| priority(one) <= priority(&customer);
            let place = self.waiting.partition_point(before);
            self.waiting.insert(place, customer);
            for line in self.lines_of(customer) {
                if self.served[customer].is_none() {
                    self.scan(line);
                }
            }
        }
        let leaves = |one: &usize| {
            let Customer { at, patience, .. } = self.case.customers[*one];
            patience.is_some_and(|patience| at + patience == now)
        };
        if let Some(customer) = self.waiting.iter().copied().find(leaves) {
            self.waiting.retain(|other| *other != customer);
            for line in self.lines_of(customer) {
                self.lines[line].withdrawn += 1;
                self.open.push_back(line);
            }
        }
        self.settle();
    }
}

/// Everything up to `end`, or to the last event.
fn naive(case: &Case, end: u64) -> (Vec<Served>, Vec<Line>, u64) {
    let resources = case.resources.len();
    let mut naive = Naive {
        case,
        now: 0,
        in_use: vec![0; resources],
        lines: (0..resources).map(|_| Line::default()).collect(),
        waiting: Vec::new(),
        working: Vec::new(),
        served: vec![None; case.customers.len()],
        open: VecDeque::new(),
    };
    while let Some(next) = naive.next().filter(|next| *next <= end) {
        naive.pass(next);
        naive.happen();
    }
    (naive.served, naive.lines, naive.now)
}

async fn wait(p: &Process, one: &Customer, resources: &[Resource]) -> (usize, Vec<Held>) {
    let share = |(resource, amount): &(usize, u64)| -> Share {
        (resources[*resource], Claim::new().amount(*amount).priority(one.priority)).into()
    };
    match &one.options[..] {
        [option] if option.len() == 1 => {
            let claim = Claim::new().amount(option[0].1).priority(one.priority);
            (0, vec![resources[option[0].0].acquire_as(p, claim).await])
        }
        [option] => (0, p.acquire_all(option.iter().map(share)).await),
        options if options.iter().all(|option| option.len() == 1) => {
            let (which, held) = p.acquire_any(options.iter().map(|option| share(&option[0]))).await;
            (which, vec![held])
        }
        options => p.acquire_first_of(options.iter().map(|option| option.iter().map(share))).await,
    }
}

fn simulated(case: &Case, horizon: Option<u64>) -> (Simulation, Vec<Resource>, Vec<Served>) {
    let mut config = Config::new(42);
    if let Some(horizon) = horizon {
        config = config.horizon(VirtualTime::from_nanos(horizon));
    }
    let mut simulation = Simulation::new(config);
    let mut resources = Vec::new();
    for (number, (usual, changes)) in case.resources.iter().enumerate() {
        let name = ("resource", number as u32);
        resources.push(if changes.is_empty() {
            Resource::new(&mut simulation, name, *usual)
        } else {
            let steps = case.changes(number).map(|(from, value)| (Span::from_nanos(from), value));
            let steps = std::iter::once((Span::ZERO, *usual)).chain(steps).collect();
            let period = Span::from_nanos(Case::period(number));
            let schedule = Schedule::repeating(period, steps).expect("a schedule");
            Resource::scheduled(&mut simulation, name, schedule, Shortage::Finish)
        });
    }
    let start = |(number, one): (usize, &Customer)| {
        let (one, resources) = (one.clone(), resources.clone());
        simulation.process(("customer", number as u32), async move |p| {
            p.sleep_until(VirtualTime::from_nanos(one.at)).await;
            let wait = wait(&p, &one, &resources);
            let patience = one.patience.map_or(Span::MAX, Span::from_nanos);
            let Ok((which, held)) = p.timeout(patience, wait).await else { return None };
            let granted = p.now().as_nanos();
            p.sleep(Span::from_nanos(one.work)).await;
            drop(held);
            Some((which, granted))
        })
    };
    let customers: Vec<_> = case.customers.iter().enumerate().map(start).collect();
    let outcome = simulation.run().expect("no error");
    if horizon.is_none() {
        assert!(matches!(outcome, Outcome::Idle { .. }), "{outcome:?}");
    }
    let served = customers.iter().map(|one| one.result().flatten()).collect();
    (simulation, resources, served)
}

fn check(case: &Case, horizon: Option<u64>) -> Result<(), TestCaseError> {
    let (simulation, resources, served) = simulated(case, horizon);
    let end = horizon.unwrap_or(u64::MAX);
    let (mut expected, lines, last) = naive(case, end);
    for (one, customer) in expected.iter_mut().zip(&case.customers) {
        // Only those who came to their end by then have a result.
        *one = one.filter(|(_, granted)| granted + customer.work <= end);
    }
    prop_assert_eq!(served, expected);
    let near = |found: f64, wanted: f64| (found - wanted).abs() <= 1e-9 * wanted.max(1e-3);
    let now = simulation.now().as_nanos();
    for (resource, line) in resources.iter().zip(&lines) {
        let found = resource.statistics(&simulation);
        prop_assert_eq!((found.granted, found.withdrawn), (line.granted, line.withdrawn));
        prop_assert_eq!(found.longest_wait.as_nanos(), line.longest);
        let mean = line.waits.checked_div(u128::from(line.granted)).unwrap_or(0);
        prop_assert_eq!(u128::from(found.mean_wait.as_nanos()), mean);
        if horizon.is_none() {
            // The naive one ends with its last event; nobody holds or waits then.
            prop_assert_eq!(now, last);
            let span = now as f64;
            prop_assert!(near(found.mean_in_use, line.in_use as f64 / span), "{found:?}");
            prop_assert!(near(found.mean_waiting, line.waiting as f64 / span), "{found:?}");
            prop_assert_eq!(resource.in_use(&simulation), 0);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// All who are patient are served: there is no deadlock.
    #[test]
    fn several_at_once_serve_as_a_naive_world(case in case(false)) {
        check(&case, None)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn schedules_serve_several_as_a_naive_world(case in case(true)) {
        check(&case, Some(12 * 60 * MINUTE))?;
    }
}
