//! Random programs of claims: with amounts, priorities, preemption, patience,
//! and kills of processes and actors that wait or hold.

use super::{Integral, at, ms, run_watched};
use flagfall::resource::{Claim, Held, Preempted, Waiting};
use flagfall::{
    Actor, Config, Context, EventListKind, Message, Process, Record, Resource, Simulation, Span,
    VirtualTime,
};
use proptest::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

const CAPACITY: u64 = 3;

#[derive(Clone, Debug)]
struct Job {
    is_actor: bool,
    start: u64,
    work: u64,
    amount: u64,
    priority: i32,
    preempting: bool,
    yielding: bool,
    patience: Option<u64>,
    killed: Option<u64>,
}

impl Job {
    fn claim(&self) -> Claim {
        let claim = Claim::new().amount(self.amount).priority(self.priority);
        let claim = if self.preempting { claim.preempting() } else { claim };
        if self.yielding { claim.yielding() } else { claim }
    }
}

fn job() -> impl Strategy<Value = Job> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let times = (0_u64..8, 0_u64..6, prop::option::of(0_u64..6), prop::option::of(0_u64..16));
    (flags, times, 1..=CAPACITY, 0_i32..4).prop_map(|(flags, times, amount, priority)| {
        let (is_actor, preempting, yielding) = flags;
        let (start, work, patience, killed) = times;
        Job { is_actor, start, work, amount, priority, preempting, yielding, patience, killed }
    })
}

/// A claim, as those who make it see it.
struct Entry {
    claim: Job,
    /// The number of the claim whose place it has: its own, or the one that it
    /// lost at the instant when it was made.
    place: usize,
    made: VirtualTime,
    granted: Option<VirtualTime>,
    is_over: bool,
}

impl Entry {
    fn waits(&self) -> bool {
        self.granted.is_none() && !self.is_over
    }

    fn holds(&self) -> bool {
        self.granted.is_some() && !self.is_over
    }
}

/// All claims, in the order in which they were made.
#[derive(Default)]
struct Book {
    now: VirtualTime,
    entries: Vec<Entry>,
    /// When who was served, although who was before it in the line.
    earlier: Vec<(VirtualTime, usize, usize)>,
}

type Shared = Rc<RefCell<Book>>;

/// A claim in the book; over when it is dropped, however that comes about.
struct Place(Shared, usize);

impl Place {
    fn claim(book: &Shared, claim: &Job, lost: Option<usize>) -> Self {
        let number = book.borrow().entries.len();
        let (made, place) = (book.borrow().now, lost.unwrap_or(number));
        let entry = Entry { claim: claim.clone(), place, made, granted: None, is_over: false };
        book.borrow_mut().entries.push(entry);
        Self(Rc::clone(book), number)
    }

    fn number(&self) -> usize {
        self.0.borrow().entries[self.1].place
    }

    /// It is this one's turn only if all that come before it and were there
    /// when the instant began have had theirs: they hear of it within the
    /// instant.
    fn grant(&self) {
        let book = &mut *self.0.borrow_mut();
        let key = |number: usize| {
            let entry = &book.entries[number];
            (entry.claim.priority, entry.place)
        };
        let others = (0..book.entries.len()).filter(|other| key(*other) < key(self.1));
        let earlier = others
            .filter(|other| book.entries[*other].waits() && book.entries[*other].made < book.now)
            .map(|other| (book.now, self.1, other));
        book.earlier.extend(earlier.collect::<Vec<_>>());
        book.entries[self.1].granted = Some(book.now);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.borrow_mut().entries[self.1].is_over = true;
    }
}

/// Works until the job is done, claiming again whenever it is interrupted.
async fn work(p: Process, resource: Resource, job: Job, book: Shared) {
    p.sleep(ms(job.start)).await;
    let (mut left, mut worked, mut lost) = (ms(job.work), Span::ZERO, None);
    loop {
        let claim = resource.acquire_as(&p, job.claim());
        let place = Place::claim(&book, &job, lost);
        let held = match job.patience {
            None => claim.await,
            Some(patience) => match p.timeout(ms(patience), claim).await {
                Ok(held) => held,
                Err(_) => return,
            },
        };
        place.grant();
        let start = p.now();
        let outcome = held.work(&p, left).await;
        worked += p.now() - start;
        match outcome {
            Ok(()) => return assert_eq!(worked, ms(job.work), "work is conserved"),
            Err(unfinished) => {
                assert!(!unfinished.remaining.is_zero() || job.work == 0, "what is done is done");
                left = unfinished.remaining;
                lost = (unfinished.preempted.at == p.now()).then(|| place.number());
            }
        }
    }
}

#[derive(Debug, Message)]
enum Hand {
    Begin,
    Granted(Held),
    GiveUp,
    Done,
    Lost(Preempted),
}

/// The same by messages; what is interrupted is given up.
struct Worker {
    resource: Resource,
    job: Job,
    book: Shared,
    place: Option<Place>,
    waiting: Option<Waiting>,
    grant: Option<Held>,
}

impl Actor for Worker {
    type Message = Hand;
    fn handle(&mut self, hand: Hand, context: &mut Context<'_, Hand>) {
        match hand {
            Hand::Begin => {
                self.place = Some(Place::claim(&self.book, &self.job, None));
                let claim = self.job.claim();
                self.waiting = Some(if self.job.yielding {
                    self.resource.claim_yielding(context, claim, Hand::Granted, Hand::Lost)
                } else {
                    self.resource.claim(context, claim, Hand::Granted)
                });
                if let Some(patience) = self.job.patience {
                    context.schedule(ms(patience), Hand::GiveUp);
                }
            }
            Hand::Granted(grant) => {
                self.place.as_ref().expect("it has claimed").grant();
                self.grant = Some(grant);
                context.schedule(ms(self.job.work), Hand::Done);
            }
            Hand::GiveUp => {
                if self.resource.withdraw(context, self.waiting.expect("it has claimed")) {
                    assert!(self.grant.is_none(), "who holds does not wait");
                    self.place = None;
                }
            }
            Hand::Done | Hand::Lost(_) => {
                self.place = None;
                if let Some(grant) = self.grant.take() {
                    self.resource.release(context, grant);
                }
            }
        }
    }
}

/// Who holds and waits by the book is who does; and whoever is first and still
/// waits could not be served, not even by preempting.
fn is_settled(
    simulation: &Simulation,
    resource: Resource,
    book: &Book,
) -> Result<(), TestCaseError> {
    let holders = || book.entries.iter().filter(|entry| entry.holds());
    let held: u64 = holders().map(|entry| entry.claim.amount).sum();
    prop_assert_eq!(held, resource.in_use(simulation));
    let waiting = book.entries.iter().filter(|entry| entry.waits());
    prop_assert_eq!(waiting.clone().count(), resource.waiting(simulation));
    // The first of equal ones is the one that claimed first.
    let key = |entry: &&Entry| (entry.claim.priority, entry.place);
    let Some(first) = waiting.min_by_key(key) else { return Ok(()) };
    let missing = first.claim.amount.saturating_sub(CAPACITY - held);
    prop_assert!(missing > 0, "the first in line could be served");
    let victims = holders().map(|holder| &holder.claim);
    let victims = victims.filter(|job| job.yielding && job.priority > first.claim.priority);
    let found: u64 = victims.map(|job| job.amount).sum();
    prop_assert!(!first.claim.preempting || found < missing, "the first in line could preempt");
    Ok(())
}

fn play(jobs: &[Job], kind: EventListKind) -> Result<Simulation, TestCaseError> {
    let mut simulation = Simulation::new(Config::new(42).event_list(kind));
    let resource = Resource::new(&mut simulation, "resource", CAPACITY);
    let book = Shared::default();
    let clock = Rc::clone(&book);
    simulation.observe(move |record: &Record<'_>| clock.borrow_mut().now = record.time);
    for (number, job) in (0..).zip(jobs) {
        let (job, book) = (job.clone(), Rc::clone(&book));
        let killed = job.killed;
        let name = ("job", number);
        if job.is_actor {
            let start = at(job.start);
            let worker = Worker { resource, job, book, place: None, waiting: None, grant: None };
            let worker = simulation.spawn(name, worker);
            simulation.send_at(start, &worker, Hand::Begin).unwrap();
            killed.into_iter().for_each(|time| simulation.kill_at(at(time), &worker).unwrap());
        } else {
            let job = simulation.process(name, move |p| work(p, resource, job, book));
            killed.into_iter().for_each(|time| simulation.kill_at(at(time), &job).unwrap());
        }
    }
    let (mut used, mut waited) = (Integral::default(), Integral::default());
    run_watched(
        &mut simulation,
        |simulation| {
            let in_use = resource.in_use(simulation);
            prop_assert!(in_use <= CAPACITY);
            used.set(simulation.now(), in_use);
            waited.set(simulation.now(), resource.waiting(simulation) as u64);
            let book = book.borrow();
            let past = book.earlier.iter().filter(|(time, ..)| *time < simulation.now());
            let wrong = past.clone().find(|(.., other)| book.entries[*other].waits());
            prop_assert_eq!(wrong, None);
            Ok(())
        },
        |simulation| is_settled(simulation, resource, &book.borrow()),
    )?;
    let statistics = resource.statistics(&simulation);
    prop_assert!(used.is_mean(statistics.mean_in_use), "{used:?} {statistics:?}");
    prop_assert!(used.is_mean(statistics.utilisation * CAPACITY as f64));
    prop_assert!(waited.is_mean(statistics.mean_waiting), "{waited:?} {statistics:?}");
    check_waits(&book.borrow(), &statistics)?;
    prop_assert_eq!(resource.in_use(&simulation), 0);
    Ok(simulation)
}

/// The waits of all claims, by the book; grants that nobody lived to hear of
/// are not in it.
fn check_waits(
    book: &Book,
    statistics: &flagfall::resource::ResourceStatistics,
) -> Result<(), TestCaseError> {
    let wait = |entry: &Entry| entry.granted.map(|granted| granted - entry.made);
    let waits: Vec<Span> = book.entries.iter().filter_map(wait).collect();
    let granted = waits.len() as u64;
    prop_assert!(granted <= statistics.granted);
    prop_assert_eq!(statistics.granted + statistics.withdrawn, book.entries.len() as u64);
    if granted == statistics.granted {
        let sum: u64 = waits.iter().map(|wait| wait.as_nanos()).sum();
        let mean = sum.checked_div(granted).unwrap_or(0);
        prop_assert_eq!(statistics.mean_wait, Span::from_nanos(mean));
        let longest = waits.into_iter().max().unwrap_or(Span::ZERO);
        prop_assert_eq!(statistics.longest_wait, longest);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn claims_are_served_in_order_and_never_exceed_the_capacity(
        jobs in prop::collection::vec(job(), 1..12),
    ) {
        let run = play(&jobs, EventListKind::default())?;
        let reference = play(&jobs, EventListKind::PriorityQueue)?;
        prop_assert_eq!(run.digest(), reference.digest());
        prop_assert_eq!(run.events(), reference.events());
    }
}
