//! Random programs that put items down and take them: in order, by rank, by
//! what is wanted, with patience and kills.

use super::{Integral, at, ms, run_watched};
use flagfall::{Config, EventListKind, Process, Record, Simulation, Store, VirtualTime};
use proptest::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Clone, Copy, Debug)]
struct Item {
    number: usize,
    rank: i64,
}

#[derive(Clone, Debug)]
struct Visit {
    /// The rank of what is put down; `None` takes.
    rank: Option<i64>,
    start: u64,
    /// Takes only what is even (0) or odd (1).
    wants: Option<i64>,
    patience: Option<u64>,
    killed: Option<u64>,
}

fn visit() -> impl Strategy<Value = Visit> {
    let times = (0_u64..6, prop::option::of(0_u64..5), prop::option::of(0_u64..9));
    (prop::option::of(0_i64..4), times, prop::option::of(0_i64..2)).prop_map(
        |(rank, (start, patience, killed), wants)| Visit { rank, start, wants, patience, killed },
    )
}

fn is_wanted(wants: Option<i64>, item: &Item) -> bool {
    wants.is_none_or(|parity| item.rank % 2 == parity)
}

/// What a visit has come to, as the visitor sees it.
#[derive(Default)]
struct Entry {
    began: Option<VirtualTime>,
    /// When the item was down, or taken.
    served: Option<VirtualTime>,
    /// What was taken, and whether it is over without that.
    item: Option<Item>,
    is_over: bool,
}

struct Book {
    now: VirtualTime,
    visits: Vec<Visit>,
    entries: Vec<Entry>,
    is_ranked: bool,
    wrong: Option<String>,
    /// Who went on before whom that came earlier, and when: those have to go on
    /// at the same instant.
    earlier: Vec<(VirtualTime, usize, usize)>,
}

type Shared = Rc<RefCell<Book>>;

impl Book {
    fn waits(&self, place: usize) -> bool {
        let entry = &self.entries[place];
        entry.began.is_some() && entry.served.is_none() && !entry.is_over
    }

    fn key(&self, item: &Item) -> (i64, usize) {
        // Items are numbered in the order in which they were put down.
        (if self.is_ranked { item.rank } else { 0 }, item.number)
    }

    /// Nobody who came at an earlier instant may wait for this item after the
    /// current one, and nothing better may lie there since an earlier instant.
    fn take(&mut self, place: usize, item: Item, left: &[Item]) {
        let earlier = (0..self.visits.len()).filter(|other| {
            let (visit, began) = (&self.visits[*other], self.entries[*other].began);
            let was_there = began.is_some_and(|began| began < self.now);
            let is_first = began < self.entries[place].began;
            visit.rank.is_none()
                && was_there
                && is_first
                && self.waits(*other)
                && is_wanted(visit.wants, &item)
        });
        let earlier: Vec<_> = earlier.map(|other| (self.now, place, other)).collect();
        self.earlier.extend(earlier);
        let wants = self.visits[place].wants;
        let better = left.iter().find(|other| {
            let since = self.entries[other.number].served;
            is_wanted(wants, other)
                && since.is_some_and(|since| since < self.now)
                && self.key(other) < self.key(&item)
        });
        // What was given back at this instant may be better: see `settle`.
        if let Some(better) = better.filter(|_| !self.gave_back()) {
            self.wrong = Some(format!("{place} takes {item:?} before {better:?}"));
        }
        let again = self.entries.iter().filter_map(|entry| entry.item);
        if again.into_iter().any(|taken| taken.number == item.number) {
            self.wrong = Some(format!("{item:?} is taken twice"));
        }
        self.entries[place].item = Some(item);
        self.serve(place);
    }

    /// Who was overtaken, and not served at the same instant.
    fn overtaken(&self) -> Option<(VirtualTime, usize, usize)> {
        let past = self.earlier.iter().filter(|(time, ..)| *time < self.now);
        past.copied().find(|(.., other)| self.waits(*other))
    }

    fn serve(&mut self, place: usize) {
        self.entries[place].served = Some(self.now);
    }

    /// Whether somebody left without the item that it may have been given.
    fn gave_back(&self) -> bool {
        let is_taker = |place: &usize| self.visits[*place].rank.is_none();
        (0..self.visits.len()).filter(is_taker).any(|place| self.entries[place].is_over)
    }
}

/// Ends a visit that was not served when it is dropped.
struct Place(Shared, usize);

impl Drop for Place {
    fn drop(&mut self) {
        let entry = &mut self.0.borrow_mut().entries[self.1];
        entry.is_over = entry.served.is_none();
    }
}

async fn call(p: Process, store: Store<Item>, place: usize, book: Shared) {
    let visit = book.borrow().visits[place].clone();
    p.sleep(ms(visit.start)).await;
    let patience = ms(visit.patience.unwrap_or(1_000));
    let now = p.now();
    book.borrow_mut().entries[place].began = Some(now);
    let guard = Place(Rc::clone(&book), place);
    match (visit.rank, visit.wants) {
        (Some(rank), _) => {
            let put = store.put(&p, Item { number: place, rank });
            if p.timeout(patience, put).await.is_ok() {
                book.borrow_mut().serve(place);
            }
        }
        (None, wants) => {
            let get = match wants {
                None => store.get(&p),
                wants => store.get_where(&p, move |item| is_wanted(wants, item)),
            };
            if let Ok(item) = p.timeout(patience, get).await {
                let mut left = Vec::new();
                store.for_each(&p, |item| left.push(*item));
                book.borrow_mut().take(place, item, &left);
            }
        }
    }
    drop(guard);
}

/// Nobody waits for what is there, and nothing is lost or doubled.
fn is_settled(
    simulation: &Simulation,
    store: Store<Item>,
    capacity: usize,
    book: &Book,
) -> Result<(), TestCaseError> {
    let mut there = Vec::new();
    store.for_each(simulation, |item| there.push(*item));
    prop_assert_eq!(there.len(), store.len(simulation));
    prop_assert!(there.windows(2).all(|pair| book.key(&pair[0]) < book.key(&pair[1])));
    let mut waiting = 0;
    for place in (0..book.visits.len()).filter(|place| book.waits(*place)) {
        waiting += 1;
        let wants = book.visits[place].wants;
        match book.visits[place].rank {
            Some(_) => prop_assert!(there.len() >= capacity, "{place} has room"),
            None => prop_assert!(!there.iter().any(|item| is_wanted(wants, item)), "{place}"),
        }
    }
    prop_assert_eq!(waiting, store.waiting(simulation));
    let taken: Vec<Item> = book.entries.iter().filter_map(|entry| entry.item).collect();
    let mut aside = 0;
    for (number, entry) in book.entries.iter().enumerate() {
        let is_item = |item: &&Item| item.number == number;
        let found = taken.iter().filter(is_item).count() + there.iter().filter(is_item).count();
        prop_assert!(found <= 1, "item {number} is there {found} times");
        let is_down = book.visits[number].rank.is_some() && entry.served.is_some();
        aside += usize::from(is_down && found == 0);
    }
    prop_assert!(aside <= store.aside(simulation), "an item is lost");
    Ok(())
}

fn play(
    visits: &[Visit],
    capacity: usize,
    is_ranked: bool,
    kind: EventListKind,
) -> Result<Simulation, TestCaseError> {
    let mut simulation = Simulation::new(Config::new(42).event_list(kind));
    let store = if is_ranked {
        Store::ranked(&mut simulation, "store", capacity, |item: &Item| item.rank)
    } else {
        Store::new(&mut simulation, "store", capacity)
    };
    let entries = visits.iter().map(|_| Entry::default()).collect();
    let now = VirtualTime::ZERO;
    let book =
        Book { now, visits: visits.to_vec(), entries, is_ranked, wrong: None, earlier: Vec::new() };
    let book = Rc::new(RefCell::new(book));
    let clock = Rc::clone(&book);
    simulation.observe(move |record: &Record<'_>| clock.borrow_mut().now = record.time);
    for (place, visit) in visits.iter().enumerate() {
        let book = Rc::clone(&book);
        let visitor =
            simulation.process(("visitor", place as u32), move |p| call(p, store, place, book));
        visit.killed.into_iter().for_each(|time| simulation.kill_at(at(time), &visitor).unwrap());
    }
    let (mut level, mut waited) = (Integral::default(), Integral::default());
    run_watched(
        &mut simulation,
        |simulation| {
            let length = store.len(simulation);
            prop_assert!(length <= capacity);
            prop_assert!(store.aside(simulation) == 0 || length == capacity);
            level.set(simulation.now(), length as u64);
            waited.set(simulation.now(), store.waiting(simulation) as u64);
            prop_assert_eq!(&book.borrow().wrong, &None);
            prop_assert_eq!(book.borrow().overtaken(), None);
            Ok(())
        },
        |simulation| is_settled(simulation, store, capacity, &book.borrow()),
    )?;
    let statistics = store.statistics(&simulation);
    prop_assert!(level.is_mean(statistics.mean_in_use), "{level:?} {statistics:?}");
    prop_assert!(waited.is_mean(statistics.mean_waiting), "{waited:?} {statistics:?}");
    Ok(simulation)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn items_are_delivered_once_and_in_order(
        mut visits in prop::collection::vec(visit(), 1..14),
        capacity in 1_usize..4,
        is_ranked: bool,
    ) {
        // So that items are numbered in the order in which they come.
        visits.sort_by_key(|visit| visit.start);
        let run = play(&visits, capacity, is_ranked, EventListKind::default())?;
        let reference = play(&visits, capacity, is_ranked, EventListKind::PriorityQueue)?;
        prop_assert_eq!(run.digest(), reference.digest());
        prop_assert_eq!(run.events(), reference.events());
    }
}
