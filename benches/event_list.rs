//! The future event list alone: the hold model (pop the first event, push
//! one an exponential span later) at several sizes. Jones, "An empirical
//! comparison of priority-queue and event-set implementations" (1986).

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use flagfall::event_list::{EventKey, EventList, EventListKind, Lane};
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

struct Hold {
    list: EventList<u64>,
    stream: Stream,
    sequence: u64,
}

impl Hold {
    fn new(kind: EventListKind, pending: u64) -> Self {
        let mut hold = Self { list: EventList::new(kind), stream: stream(), sequence: 0 };
        for _ in 0..pending {
            hold.push(VirtualTime::ZERO);
        }
        hold
    }

    fn push(&mut self, now: VirtualTime) {
        let time = now + self.stream.exponential(Span::from_secs(1));
        let key = EventKey { time, tie_rank: 0, sequence: self.sequence };
        self.list.schedule(key, Lane::None, self.sequence);
        self.sequence += 1;
    }

    fn hold(&mut self) -> u64 {
        let (key, body) = self.list.pop().expect("as many are pushed as popped");
        self.push(key.time);
        body
    }
}

fn hold_model(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hold");
    group.throughput(Throughput::Elements(1));
    for (name, kind) in
        [("heap", EventListKind::Heap), ("priority-queue", EventListKind::PriorityQueue)]
    {
        for pending in [64, 1_024, 16_384, 262_144] {
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
    for (name, kind) in
        [("heap", EventListKind::Heap), ("priority-queue", EventListKind::PriorityQueue)]
    {
        let mut hold = Hold::new(kind, 10_000);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let time = VirtualTime::ZERO + hold.stream.exponential(Span::from_secs(1));
                let key = EventKey { time, tie_rank: 0, sequence: hold.sequence };
                hold.sequence += 1;
                let handle = hold.list.schedule(key, Lane::None, 0);
                black_box(hold.list.cancel(handle))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, hold_model, cancel);
criterion_main!(benches);
