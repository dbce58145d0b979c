//! Priorities in the lines of stores and containers, and several items at once, held to a naive
//! simulation.

use flagfall::{Config, Container, ErrorKind, Outcome, Simulation, Span, Store, VirtualTime};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Deed {
    Put(u64),
    Get,
    GetEven,
    GetMany(usize),
}

/// Gap, deed, priority, patience.
type Step = (u64, Deed, i32, Option<u64>);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let deed = prop_oneof![
        4 => (0..100_u64).prop_map(Deed::Put),
        2 => Just(Deed::Get),
        1 => Just(Deed::GetEven),
        2 => (1..4_usize).prop_map(Deed::GetMany),
    ];
    prop::collection::vec((1..10_u64, deed, -1..2_i32, prop::option::of(1..30_u64)), 1..40)
}

/// When somebody was served, and with what.
type Served = Option<(u64, Vec<u64>)>;

struct Naive {
    capacity: usize,
    now: u64,
    items: Vec<u64>,
    /// By priority and time: number, priority, deed, when it leaves.
    waiting: Vec<(usize, i32, Deed, u64)>,
    served: Vec<Served>,
    withdrawn: u64,
}

impl Naive {
    fn serve(&mut self, puts: bool) -> bool {
        for place in 0..self.waiting.len() {
            let (number, _, deed, _) = self.waiting[place].clone();
            let many = match deed {
                Deed::Put(item) if puts => {
                    if self.items.len() == self.capacity {
                        return false;
                    }
                    self.items.push(item);
                    0
                }
                Deed::Get if !puts => 1,
                Deed::GetMany(many) if !puts => many,
                Deed::GetEven if !puts => {
                    let even = self.items.iter().position(|item| item % 2 == 0);
                    let Some(even) = even else { continue };
                    let item = self.items.remove(even);
                    self.items.insert(0, item);
                    1
                }
                _ => continue,
            };
            if many > self.items.len() {
                return false;
            }
            let items = self.items.drain(..many).collect();
            self.served[number] = Some((self.now, items));
            self.waiting.remove(place);
            return true;
        }
        false
    }

    fn settle(&mut self) {
        while self.serve(true) || self.serve(false) {}
    }
}

fn naive(steps: &[Step], capacity: usize) -> (Vec<Served>, u64) {
    let mut naive = Naive {
        capacity,
        now: 0,
        items: Vec::new(),
        waiting: Vec::new(),
        served: vec![None; steps.len()],
        withdrawn: 0,
    };
    let mut at = 0;
    let mut steps = steps.iter().enumerate().map(|(number, (gap, deed, priority, patience))| {
        at += 1_000 * gap;
        // Arrivals at full thousands, and everybody leaves at another time.
        let leaves =
            patience.map_or(u64::MAX, |patience| at + 1_000 * patience + number as u64 + 1);
        (at, number, deed.clone(), *priority, leaves)
    });
    let mut next = steps.next();
    loop {
        let leaves = naive.waiting.iter().map(|one| one.3).min().unwrap_or(u64::MAX);
        let comes = next.as_ref().map_or(u64::MAX, |step| step.0);
        naive.now = leaves.min(comes);
        if naive.now == u64::MAX {
            return (naive.served, naive.withdrawn);
        }
        if leaves < comes {
            naive.waiting.retain(|one| one.3 != leaves);
            naive.withdrawn += 1;
        } else if let Some((_, number, deed, priority, leaves)) = next.take() {
            let place = naive.waiting.partition_point(|one| one.1 <= priority);
            naive.waiting.insert(place, (number, priority, deed, leaves));
            next = steps.next();
        }
        naive.settle();
    }
}

fn simulated(steps: &[Step], capacity: usize) -> (Vec<Served>, u64) {
    let mut simulation = Simulation::new(Config::new(42));
    let store = Store::new(&mut simulation, "store", capacity);
    let mut at = 0;
    let mut processes = Vec::new();
    for (number, (gap, deed, priority, patience)) in steps.iter().cloned().enumerate() {
        at += 1_000 * gap;
        let start = VirtualTime::from_nanos(at);
        let patience = patience
            .map_or(Span::MAX, |patience| Span::from_nanos(1_000 * patience + number as u64 + 1));
        processes.push(simulation.process(("one", number as u32), async move |p| {
            p.sleep_until(start).await;
            let items = match deed {
                Deed::Put(item) => {
                    let put = store.put_by(&p, priority, item);
                    p.timeout(patience, put).await.map(|()| Vec::new())
                }
                Deed::Get => {
                    p.timeout(patience, store.get_by(&p, priority)).await.map(|item| vec![item])
                }
                Deed::GetEven => {
                    let get = store.get_where_by(&p, priority, |item| item % 2 == 0);
                    p.timeout(patience, get).await.map(|item| vec![item])
                }
                Deed::GetMany(many) => {
                    p.timeout(patience, store.get_many_by(&p, priority, many)).await
                }
            };
            items.ok().map(|items| (p.now().as_nanos(), items))
        }));
    }
    simulation.run().expect("no error");
    let served = processes.iter().map(|one| one.result().flatten()).collect();
    (served, store.statistics(&simulation).withdrawn)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_store_serves_by_priority_and_many_at_once(steps in steps(), capacity in 3..6_usize) {
        prop_assert_eq!(simulated(&steps, capacity), naive(&steps, capacity));
    }

    #[test]
    fn a_container_serves_by_priority(
        steps in prop::collection::vec((1..10_u64, any::<bool>(), -1..2_i32, 1..8_u64), 1..40),
    ) {
        let mut simulation = Simulation::new(Config::new(42));
        let tank = Container::new(&mut simulation, "tank", 10, 5);
        let mut at = 0;
        let mut processes = Vec::new();
        for (number, (gap, is_put, priority, amount)) in (0..).zip(steps.clone()) {
            at += gap;
            let start = VirtualTime::from_nanos(at);
            processes.push(simulation.process(("one", number), async move |p| {
                p.sleep_until(start).await;
                if is_put {
                    tank.put_by(&p, priority, amount).await;
                } else {
                    tank.get_by(&p, priority, amount).await;
                }
                p.now().as_nanos()
            }));
        }
        simulation.run().expect("no error");
        let (mut at, mut level) = (0, 5_u64);
        let mut lines: [Vec<(i32, usize, u64)>; 2] = Default::default();
        let mut served = vec![None; steps.len()];
        for (number, (gap, is_put, priority, amount)) in steps.into_iter().enumerate() {
            at += gap;
            lines[usize::from(is_put)].push((priority, number, amount));
            lines.iter_mut().for_each(|line| line.sort_unstable());
            loop {
                let first = |line: usize| lines[line].first().copied();
                let line = match (first(1), first(0)) {
                    (Some(put), _) if level + put.2 <= 10 => 1,
                    (_, Some(get)) if get.2 <= level => 0,
                    _ => break,
                };
                let (_, number, amount) = lines[line].remove(0);
                level = if line == 1 { level + amount } else { level - amount };
                served[number] = Some(at);
            }
        }
        let found: Vec<_> = processes.iter().map(flagfall::ProcessRef::result).collect();
        prop_assert_eq!(found, served);
    }
}

#[test]
fn many_are_given_back_together() {
    let mut simulation = Simulation::new(Config::new(42));
    let store = Store::new(&mut simulation, "store", 5);
    simulation.process("puts", async move |p| {
        for item in 0..4 {
            store.put(&p, item).await;
        }
        // Its items come at this instant, and it gives them up before it knows.
        let many = store.get_many(&p, 3);
        assert_eq!(store.len(&p), 1);
        many.give_up();
        p.pass().await;
        let mut left = Vec::new();
        store.for_each(&p, |item| left.push(*item));
        assert_eq!(left, [0, 1, 2, 3]);
        assert!(store.get_many(&p, 0).await.is_empty());
        // Behind a claim for many that leaves.
        let waiting = flagfall::process::later(store.get_many(&p, 5));
        let behind = flagfall::process::later(store.get(&p));
        p.pass().await;
        drop(waiting);
        assert_eq!(behind.await, 0);
    });
    assert!(matches!(simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(store.statistics(&simulation).withdrawn, 2);
}

#[test]
fn more_than_ever_fit_are_an_error() {
    let mut simulation = Simulation::new(Config::new(42));
    let store = Store::<u64>::new(&mut simulation, "store", 5);
    simulation.process("greedy", async move |p| drop(store.get_many(&p, 6).await));
    let error = simulation.run().expect_err("six of five").kind;
    let wanted = ErrorKind::NeverEnough { resource: "store".to_owned(), asked: 6, capacity: 5 };
    assert_eq!(error, wanted);
}

#[test]
fn a_batch_that_is_given_up_goes_back() {
    let mut simulation = Simulation::new(Config::new(42));
    let store = Store::new(&mut simulation, "store", 5);
    simulation.process("belt", async move |p| {
        for item in 0..3 {
            p.sleep(Span::from_secs(1)).await;
            store.put(&p, item).await;
        }
    });
    let oven = simulation.process("oven", async move |p| {
        let batch = store.get_batch(&p, 5, Span::from_secs(10));
        let hasty = p.timeout(Span::from_nanos(2_500_000_000), batch).await.is_err();
        let back = store.len(&p);
        (hasty, back, store.get_batch(&p, 5, Span::from_secs(10)).await)
    });
    simulation.run().expect("no error");
    assert_eq!(oven.result(), Some((true, 2, vec![0, 1, 2])));
}

#[test]
fn items_with_the_same_key_are_matched() {
    let mut simulation = Simulation::new(Config::new(42));
    let [frames, doors] = ["frames", "doors"].map(|name| Store::new(&mut simulation, name, 10));
    for (maker, store, gap, orders) in
        [("frame maker", frames, 2, [2, 1, 3]), ("door maker", doors, 3, [3, 4, 1])]
    {
        simulation.process(maker, async move |p| {
            for order in orders {
                p.sleep(Span::from_secs(gap)).await;
                store.put(&p, order).await;
            }
        });
    }
    let assembly = simulation.process("assembly", async move |p| {
        let mut met = Vec::new();
        let patience = Span::from_secs(60);
        while let Ok(parts) =
            p.timeout(patience, p.get_matching([frames, doors], |order| *order)).await
        {
            met.push((p.now().as_secs_f64(), parts));
        }
        (met, frames.len(&p), doors.len(&p))
    });
    simulation.run().expect("no error");
    // The frame of order 2 and the door of order 4 find nobody, and stay.
    assert_eq!(assembly.result(), Some((vec![(6.0, vec![3, 3]), (9.0, vec![1, 1])], 1, 1)));
}
