//! The future event list against a sorted list.

use flagfall::VirtualTime;
use flagfall::event_list::{EventId, EventKey, EventList, EventListKind, Lane};
use proptest::prelude::*;

const KINDS: [EventListKind; 2] = [EventListKind::Ladder, EventListKind::PriorityQueue];

#[derive(Clone, Debug)]
enum Operation {
    /// So many events at one time after the last popped one.
    Schedule { after: u64, lane: u8, count: u8 },
    /// So many pops.
    Pop { count: u8 },
    /// Draws all that is due at the next instant, cancels or pops some of it, and
    /// puts the rest back.
    Draw { keep_one_in: usize },
    /// Of an event that is pending.
    Cancel(prop::sample::Index),
    /// Cancels all pending events but one in so many.
    CancelMost { keep_one_in: usize },
}

/// Spans of all sizes: ties, clusters, and times at the end of the clock.
fn after() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 0_u64..4,
        4 => 0_u64..2_000,
        2 => 0_u64..2_000_000_000,
        2 => (0_u32..64, any::<u64>()).prop_map(|(shift, bits)| bits >> shift),
        1 => Just(u64::MAX),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    let count = || prop_oneof![3 => 1_u8..4, 1 => 1_u8..=200];
    prop_oneof![
        8 => (after(), 0_u8..3, count())
            .prop_map(|(after, lane, count)| Operation::Schedule { after, lane, count }),
        4 => count().prop_map(|count| Operation::Pop { count }),
        2 => (1_usize..4).prop_map(|keep_one_in| Operation::Draw { keep_one_in }),
        2 => any::<prop::sample::Index>().prop_map(Operation::Cancel),
        1 => (1_usize..30).prop_map(|keep_one_in| Operation::CancelMost { keep_one_in }),
    ]
}

/// A list beside a plain vector that gives every answer by searching.
struct Pair {
    list: EventList,
    model: Vec<(EventKey, EventId)>,
    now: VirtualTime,
    cells: u32,
    free: Vec<EventId>,
}

impl Pair {
    fn new(kind: EventListKind) -> Self {
        let list = EventList::new(kind);
        Self { list, model: Vec::new(), now: VirtualTime::ZERO, cells: 0, free: Vec::new() }
    }

    /// An identifier that is not in use, one used before if there is one.
    fn id(&mut self) -> EventId {
        self.free.extend(std::iter::from_fn(|| self.list.next_swept()));
        self.free.pop().unwrap_or_else(|| {
            self.cells += 1;
            EventId { pool: (self.cells % 3) as u16, cell: self.cells }
        })
    }

    fn schedule(&mut self, time: VirtualTime, lane: Lane) {
        let id = self.id();
        let sequence = self.list.schedule(time, lane, id);
        self.model.push((EventKey { time, sequence }, id));
    }

    fn pop(&mut self) {
        let first = self.model.iter().copied().min_by_key(|(key, _)| *key);
        let first = first.map(|(key, id)| (key.time, id));
        assert_eq!(self.list.next_time(), first.map(|(time, _)| time));
        if let Some((time, _)) = first.filter(|(time, _)| *time > VirtualTime::ZERO) {
            let before = VirtualTime::from_nanos(time.as_nanos() - 1);
            assert_eq!(self.list.pop_until(before), None);
        }
        assert_eq!(self.list.pop_until(VirtualTime::MAX), first);
        if let Some((time, id)) = first {
            self.now = time;
            self.model.retain(|(_, pending)| *pending != id);
            self.free.push(id);
        }
    }

    /// Draws what is due next, lets some of it happen, and puts back the rest.
    fn draw(&mut self, keep_one_in: usize) {
        let Some(now) = self.list.next_time() else { return };
        self.now = now;
        self.model.sort_unstable_by_key(|(key, _)| *key);
        let due: Vec<_> =
            self.model.iter().copied().take_while(|(key, _)| key.time == now).collect();
        for (key, id) in &due {
            assert_eq!(self.list.draw_until(now), Some((key.sequence, *id)));
        }
        assert_eq!(self.list.draw_until(now), None);
        assert_eq!(self.list.len(), self.model.len());
        for (place, (key, id)) in due.into_iter().enumerate() {
            if place % keep_one_in == 0 {
                self.list.put_back(key, id);
            } else {
                self.list.forget_drawn();
                self.model.retain(|(_, pending)| *pending != id);
                self.free.push(id);
            }
        }
    }

    fn cancel(&mut self, at: usize) {
        let (_, id) = self.model.swap_remove(at);
        self.list.cancel(id);
    }

    fn run(&mut self, operation: &Operation) {
        match *operation {
            Operation::Schedule { after, lane, count } => {
                let time = VirtualTime::from_nanos(self.now.as_nanos().saturating_add(after));
                let lane = [Lane::None, Lane::Now, Lane::Link][lane as usize];
                (0..count).for_each(|_| self.schedule(time, lane));
            }
            Operation::Pop { count } => (0..count).for_each(|_| self.pop()),
            Operation::Draw { keep_one_in } => self.draw(keep_one_in),
            Operation::Cancel(index) if !self.model.is_empty() => {
                self.cancel(index.index(self.model.len()));
            }
            Operation::Cancel(_) => {}
            Operation::CancelMost { keep_one_in } => {
                for at in (0..self.model.len()).rev().filter(|at| at % keep_one_in != 0) {
                    self.cancel(at);
                }
            }
        }
        assert_eq!(self.list.len(), self.model.len());
    }
}

fn check(kind: EventListKind, program: &[Operation]) {
    let mut pair = Pair::new(kind);
    program.iter().for_each(|operation| pair.run(operation));
    while !pair.model.is_empty() {
        pair.pop();
    }
    pair.pop();
}

proptest! {
    #[test]
    fn agrees_with_a_sorted_list(program in prop::collection::vec(operation(), 0..60)) {
        for kind in KINDS {
            check(kind, &program);
        }
    }

    /// Many pending, as spread as in a real run: rungs within rungs.
    #[test]
    fn agrees_with_a_sorted_list_when_crowded(
        start in prop::collection::vec((after(), 0_u8..3), 200..800),
        program in prop::collection::vec(operation(), 0..40),
    ) {
        for kind in KINDS {
            let mut pair = Pair::new(kind);
            for (after, lane) in &start {
                let (after, lane) = (*after, *lane);
                pair.run(&Operation::Schedule { after, lane, count: 1 });
            }
            program.iter().for_each(|operation| pair.run(operation));
            while !pair.model.is_empty() {
                pair.pop();
            }
        }
    }
}

fn drain(list: &mut EventList) -> Vec<u32> {
    std::iter::from_fn(|| list.pop_until(VirtualTime::MAX)).map(|(_, id)| id.cell).collect()
}

#[test]
fn equal_times_come_first_in_first_out() {
    for kind in KINDS {
        let mut list = EventList::new(kind);
        for cell in 0..1_000 {
            list.schedule(VirtualTime::from_nanos(7), Lane::None, EventId { pool: 0, cell });
        }
        assert_eq!(drain(&mut list), (0..1_000).collect::<Vec<_>>(), "{kind:?}");
    }
}

#[test]
fn a_cancelled_identifier_is_handed_out_once() {
    for kind in KINDS {
        let mut list = EventList::new(kind);
        for cell in 0..10_000 {
            let time = VirtualTime::from_nanos(u64::from(cell) * 1_000_000);
            list.schedule(time, Lane::None, EventId { pool: 1, cell });
        }
        (0..10_000).filter(|cell| cell % 20 != 0).for_each(|cell| {
            list.cancel(EventId { pool: 1, cell });
        });
        let early: Vec<_> = std::iter::from_fn(|| list.next_swept()).collect();
        assert!(early.len() > 8_000, "{kind:?}: only {} are swept", early.len());
        assert_eq!(drain(&mut list), (0..10_000).step_by(20).collect::<Vec<_>>());
        let mut swept: Vec<u32> =
            std::iter::from_fn(|| list.next_swept()).chain(early).map(|id| id.cell).collect();
        swept.sort_unstable();
        assert_eq!(swept, (0..10_000).filter(|cell| cell % 20 != 0).collect::<Vec<_>>());
    }
}

/// Found by the property above: a rung that was used up took an event that
/// came after it, because both ended with the clock.
#[test]
fn nothing_is_lost_at_the_end_of_time() {
    let end = |count| Operation::Schedule { after: u64::MAX, lane: 0, count };
    let program = [
        Operation::Schedule { after: 0, lane: 1, count: 39 },
        end(33),
        end(1),
        Operation::Pop { count: 1 },
        Operation::Schedule { after: 1, lane: 2, count: 34 },
    ];
    for kind in KINDS {
        check(kind, &program);
    }
}

/// Found by the property above: a rung whose buckets were too few did not reach
/// the ladder, and an event between the two had no place.
#[test]
fn nothing_is_lost_between_two_rungs() {
    let schedule = |after, count| Operation::Schedule { after, lane: 0, count };
    // Those at 0 stay near: of the others, too few are left for a bucket each.
    let few = [schedule(3, 33), schedule(1, 1), schedule(0, 30), schedule(2, 2)];
    // Rungs of centuries.
    let end = u64::MAX - 9;
    let late = (1..=40).map(|part| schedule(u64::MAX / 44 * part, 1));
    let late: Vec<_> = std::iter::once(schedule(end, 33)).chain(late).collect();
    for kind in KINDS {
        check(kind, &few);
        check(kind, &late);
    }
}

/// Shapes that once made tables of buckets grow with the square of the events,
/// or a rung for every 33 of them. The bound is on time, generously: they took
/// seconds and gigabytes.
#[test]
fn awkward_shapes_cost_no_more_than_even_ones() {
    const COUNT: u32 = 100_000;
    let second = 1_000_000_000;
    let hour = 3_600 * second;
    let crowd = |n: u64| match n {
        0 => second + second / 5,
        n if n % 2 == 0 => second,
        n => n * hour / u64::from(COUNT),
    };
    let latest_first = |n: u64| (u64::from(COUNT) - n) * 1_000 + n % 2 * hour;
    let beginning = |n: u64| if n < 50_000 { 0 } else { n };
    let shapes: [(&str, &dyn Fn(u64) -> u64); 3] = [
        ("a crowd at one instant, and one a little later", &crowd),
        ("latest first", &latest_first),
        ("at the very beginning", &beginning),
    ];
    for (name, time) in shapes {
        let start = std::time::Instant::now();
        let mut list = EventList::new(EventListKind::Ladder);
        for cell in 0..COUNT {
            let time = VirtualTime::from_nanos(time(u64::from(cell)));
            list.schedule(time, Lane::None, EventId { pool: 0, cell });
        }
        let mut last = VirtualTime::ZERO;
        while let Some((time, _)) = list.pop_until(VirtualTime::MAX) {
            assert!(last <= time, "{name}");
            last = time;
        }
        assert!(start.elapsed().as_secs() < 20, "{name}: {:?}", start.elapsed());
    }
}
