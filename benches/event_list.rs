//! The future event list alone: the hold model (pop the first event, push
//! one an exponential span later) at several sizes. Jones, "An empirical
//! comparison of priority-queue and event-set implementations" (1986).

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use flagfall::event_list::{EventId, EventList, EventListKind, Lane};
use flagfall::random::{Stream, StreamName};
use flagfall::{Span, VirtualTime};
use std::hint::black_box;

fn stream() -> Stream {
    Stream::open(&StreamName {
        seed: 42,
        replication: 0,
        actor: 0,
        incarnation: 0,
        purpose: "hold model",
    })
}

const KINDS: [(&str, EventListKind); 2] =
    [("ladder", EventListKind::Ladder), ("priority-queue", EventListKind::PriorityQueue)];

struct Hold {
    list: EventList,
    stream: Stream,
}

impl Hold {
    fn new(kind: EventListKind, pending: u32) -> Self {
        let mut hold = Self { list: EventList::new(kind), stream: stream() };
        for cell in 0..pending {
            hold.push(VirtualTime::ZERO, EventId { pool: 0, cell });
        }
        hold
    }

    fn push(&mut self, now: VirtualTime, event: EventId) {
        let time = now + self.stream.exponential(Span::from_secs(1));
        self.list.schedule(time, Lane::None, event);
    }

    fn hold(&mut self) -> EventId {
        let popped = self.list.pop_until(VirtualTime::MAX);
        let (now, event) = popped.expect("as many are pushed as popped");
        self.push(now, event);
        event
    }
}

fn hold_model(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hold");
    group.throughput(Throughput::Elements(1));
    for (name, kind) in KINDS {
        for pending in [2, 64, 1_024, 16_384, 262_144, 1_048_576] {
            let mut hold = Hold::new(kind, pending);
            group.bench_function(BenchmarkId::new(name, pending), |bencher| {
                bencher.iter(|| black_box(hold.hold()));
            });
        }
    }
    group.finish();
}

fn cancel(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("schedule and cancel");
    group.throughput(Throughput::Elements(1));
    for (name, kind) in KINDS {
        let mut hold = Hold::new(kind, 10_000);
        let mut free: Vec<_> = (10_000..20_000).map(|cell| EventId { pool: 0, cell }).collect();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let event = free.pop().expect("what was cancelled comes back");
                hold.push(VirtualTime::ZERO, event);
                hold.list.cancel(black_box(event));
                free.extend(std::iter::from_fn(|| hold.list.next_swept()));
            });
        });
    }
    group.finish();
}

criterion_group!(benches, hold_model, cancel);
criterion_main!(benches);
