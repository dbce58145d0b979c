//! The future event list against a sorted list.

use flagfall::VirtualTime;
use flagfall::event_list::{EventHandle, EventKey, EventList, EventListKind, Lane};
use proptest::prelude::*;

const KINDS: [EventListKind; 2] = [EventListKind::Heap, EventListKind::PriorityQueue];

#[derive(Clone, Debug)]
enum Operation {
    Schedule {
        time: u64,
        tie_rank: u32,
        lane: u8,
    },
    Pop,
    /// Of the handles given out so far, stale ones included.
    Cancel(prop::sample::Index),
    Reschedule {
        handle: prop::sample::Index,
        time: u64,
    },
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        4 => (0_u64..20, 0_u32..3, 0_u8..3)
            .prop_map(|(time, tie_rank, lane)| Operation::Schedule { time, tie_rank, lane }),
        3 => Just(Operation::Pop),
        1 => any::<prop::sample::Index>().prop_map(Operation::Cancel),
        1 => (any::<prop::sample::Index>(), 0_u64..20)
            .prop_map(|(handle, time)| Operation::Reschedule { handle, time }),
    ]
}

fn key(time: u64, tie_rank: u32, sequence: u64) -> EventKey {
    EventKey { time: VirtualTime::from_nanos(time), tie_rank, sequence }
}

/// Runs the program on a list and on a plain vector, comparing every answer.
fn check(kind: EventListKind, program: &[Operation]) {
    let mut list = EventList::new(kind);
    let mut model: Vec<(EventKey, u64)> = Vec::new();
    let mut handles: Vec<(EventHandle, Option<EventKey>)> = Vec::new();
    for (step, operation) in (0_u64..).zip(program) {
        match operation {
            Operation::Schedule { time, tie_rank, lane } => {
                let key = key(*time, *tie_rank, step);
                let lane = [Lane::None, Lane::Now, Lane::Link][*lane as usize];
                handles.push((list.schedule(key, lane, step), Some(key)));
                model.push((key, step));
            }
            Operation::Pop => {
                let first = model.iter().copied().min();
                assert_eq!(list.peek(), first.map(|(key, _)| key));
                assert_eq!(list.pop(), first);
                model.retain(|entry| Some(*entry) != first);
            }
            Operation::Cancel(index) if !handles.is_empty() => {
                let (handle, key) = *index.get(&handles);
                let found = model.iter().position(|(pending, _)| Some(*pending) == key);
                assert_eq!(list.is_pending(handle), found.is_some());
                assert_eq!(list.cancel(handle), found.map(|at| model.remove(at).1));
            }
            Operation::Reschedule { handle, time } if !handles.is_empty() => {
                let at = handle.index(handles.len());
                let (handle, old) = handles[at];
                let new = key(*time, 0, step);
                let found = model.iter_mut().find(|(pending, _)| Some(*pending) == old);
                let moved = list.reschedule(handle, new);
                assert_eq!(moved.is_some(), found.is_some());
                if let (Some(handle), Some(entry)) = (moved, found) {
                    entry.0 = new;
                    handles.push((handle, Some(new)));
                }
            }
            _ => {}
        }
        assert_eq!(list.len(), model.len());
    }
    model.sort_unstable();
    let rest: Vec<_> = std::iter::from_fn(|| list.pop()).collect();
    assert_eq!(rest, model);
}

proptest! {
    #[test]
    fn agrees_with_a_sorted_list(program in prop::collection::vec(operation(), 0..400)) {
        for kind in KINDS {
            check(kind, &program);
        }
    }
}

#[test]
fn equal_times_come_first_in_first_out() {
    for kind in KINDS {
        let mut list = EventList::new(kind);
        for sequence in 0..100 {
            list.schedule(key(7, 0, sequence), Lane::None, sequence);
        }
        let order: Vec<u64> = std::iter::from_fn(|| list.pop()).map(|(_, body)| body).collect();
        assert_eq!(order, (0..100).collect::<Vec<_>>(), "{kind:?}");
    }
}

#[test]
fn lower_ranks_come_first_at_one_instant() {
    for kind in KINDS {
        let mut list = EventList::new(kind);
        list.schedule(key(5, 2, 0), Lane::None, "last");
        list.schedule(key(5, 1, 1), Lane::None, "first");
        list.schedule(key(5, 1, 2), Lane::None, "second");
        let order: Vec<&str> = std::iter::from_fn(|| list.pop()).map(|(_, body)| body).collect();
        assert_eq!(order, ["first", "second", "last"], "{kind:?}");
    }
}

#[test]
fn a_handle_stays_stale_when_its_slot_is_used_again() {
    for kind in KINDS {
        let mut list = EventList::new(kind);
        let old = list.schedule(key(1, 0, 0), Lane::None, "old");
        assert_eq!(list.cancel(old), Some("old"));
        list.schedule(key(1, 0, 1), Lane::None, "new");
        assert_eq!(list.cancel(old), None);
        assert_eq!(list.reschedule(old, key(9, 0, 2)), None);
        assert_eq!(list.pop().map(|(_, body)| body), Some("new"));
    }
}
