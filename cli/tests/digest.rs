//! What a digest is made of, and what records tell.

use flagfall::model::Model;
use flagfall::{
    Actor, ActorRef, Config, Context, Digest, Draw, Ingredients, Message, Process, Record,
    RecordKind, Simulation, Span, VirtualTime,
};
use flagfall_cli::models::DEFAULT_LATENCY;
use flagfall_cli::models::actor_tree::ActorTree;
use flagfall_cli::models::taxi_fleet::TaxiFleet;
use proptest::prelude::*;
use rand::Rng;
use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

/// What one event of a run is, as far as the ingredients go.
#[derive(Clone, Debug, PartialEq)]
struct Call {
    time: u64,
    receiver: usize,
    sender: usize,
    contents: u64,
}

#[derive(Debug, Message)]
enum Order {
    Send { to: ActorRef<u64>, contents: u64 },
    Draw(u32),
}

/// Sends what it is told to at once, and draws.
struct Clerk;

impl Actor for Clerk {
    type Message = Order;

    fn handle(&mut self, order: Order, context: &mut Context<'_, Order>) {
        match order {
            Order::Send { to, contents } => context.send(&to, contents),
            Order::Draw(words) => {
                let mut stream = context.stream("noise");
                (0..words).for_each(|_| {
                    stream.next_u64();
                });
            }
        }
    }
}

struct Desk;

impl Actor for Desk {
    type Message = u64;

    fn handle(&mut self, _: u64, _: &mut Context<'_, u64>) {}
}

/// Calls to two desks by two senders, which are not subjects of the digest.
fn digest_of(calls: &[Call], ingredients: Ingredients) -> Digest {
    let config = Config::new(1).ingredients(ingredients).digest_of("desk*");
    let mut simulation = Simulation::new(config);
    let desks = [simulation.spawn("desk a", Desk), simulation.spawn("desk b", Desk)];
    let clerks = [simulation.spawn("clerk a", Clerk), simulation.spawn("clerk b", Clerk)];
    for call in calls {
        let time = VirtualTime::from_nanos(call.time);
        let order = Order::Send { to: *desks[call.receiver], contents: call.contents };
        simulation.send_at(time, &clerks[call.sender], order).unwrap();
    }
    simulation.run().expect("no errors");
    simulation.digest().expect("a digest")
}

fn call() -> impl Strategy<Value = Call> {
    (0..3_u64, 0..2_usize, 0..2_usize, 0..3_u64)
        .prop_map(|(time, receiver, sender, contents)| Call { time, receiver, sender, contents })
}

/// The parts of the calls that the ingredients name, in the order of
/// happening; sorted, if order is none of them.
fn seen(calls: &[Call], ingredients: Ingredients) -> Vec<[Option<u64>; 4]> {
    let mut calls = calls.to_vec();
    calls.sort_by_key(|call| call.time);
    let part = |one, value| ingredients.contains(one).then_some(value);
    let mut seen: Vec<_> = calls
        .iter()
        .map(|call| {
            [
                part(Ingredients::TIMES, call.time),
                part(Ingredients::RECEIVERS, call.receiver as u64),
                part(Ingredients::SENDERS, call.sender as u64),
                part(Ingredients::CONTENTS, call.contents),
            ]
        })
        .collect();
    if !ingredients.contains(Ingredients::ORDER) {
        seen.sort_unstable();
    }
    seen
}

fn ingredients() -> impl Strategy<Value = Ingredients> {
    let all = [
        Ingredients::TIMES,
        Ingredients::ORDER,
        Ingredients::RECEIVERS,
        Ingredients::SENDERS,
        Ingredients::CONTENTS,
    ];
    proptest::sample::subsequence(all.to_vec(), 1..=5)
        .prop_map(|chosen| chosen.into_iter().reduce(|a, b| a | b).expect("at least one"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Equal digests exactly when what was chosen is equal.
    #[test]
    fn a_digest_is_equal_when_its_ingredients_are(
        (calls, others) in prop::collection::vec(call(), 1..4).prop_flat_map(|calls| {
            let changed = calls.clone();
            let other = (0..calls.len(), call()).prop_map(move |(place, call)| {
                let mut calls = changed.clone();
                calls[place] = call;
                calls
            });
            (Just(calls.clone()), prop_oneof![other, Just(calls).prop_shuffle()])
        }),
        ingredients in ingredients(),
    ) {
        let equal = seen(&calls, ingredients) == seen(&others, ingredients);
        let digests = [&calls, &others].map(|calls| digest_of(calls, ingredients));
        prop_assert_eq!(digests[0] == digests[1], equal, "{}", ingredients);
    }

    /// The slower way to the usual digest comes to the same.
    #[test]
    fn watching_takes_another_way_to_the_same_digest(seed in any::<u64>()) {
        let config = || Config::new(seed).latency(DEFAULT_LATENCY);
        let plain = ActorTree::default().run(config()).expect("no errors").digest;
        let everyone = ActorTree::default().run(config().digest_of("**")).expect("no errors").digest;
        let drawn = ActorTree::default().run(config().draws(true)).expect("no errors").digest;
        let mut observed = Simulation::new(config());
        observed.observe(|_: &Record<'_>| {});
        let observed = ActorTree::default().run_in(&mut observed).expect("no errors").digest;
        prop_assert_eq!([everyone, drawn, observed], [plain; 3]);
    }

    /// One more word, another word, words in another order: another digest.
    #[test]
    fn words_and_their_order_matter(words in prop::collection::vec(0..4_u64, 0..8)) {
        let of = |words: &[u64]| {
            let mut digest = Digest::new();
            words.iter().for_each(|word| digest.write_u64(*word));
            digest.value()
        };
        let mut found = HashSet::from([of(&words)]);
        for place in 0..words.len() {
            for bit in 0..64 {
                let mut changed = words.clone();
                changed[place] ^= 1 << bit;
                prop_assert!(found.insert(of(&changed)));
            }
        }
        let mut longer = words.clone();
        longer.push(0);
        prop_assert!(found.insert(of(&longer)));
    }
}

/// Among a million short texts each half of the digest repeats as seldom as
/// chance has it: never, in 64 bits.
#[test]
fn halves_do_not_repeat() {
    let mut halves = [HashSet::new(), HashSet::new()];
    for number in 0..1_000_000_u64 {
        let mut digest = Digest::new();
        digest.write_u64(number % 1_000);
        digest.write_u64(number / 1_000);
        let value = digest.value();
        assert!(halves[0].insert(value as u64) && halves[1].insert((value >> 64) as u64));
    }
    // And one bit of a word turns about half of the bits.
    let of = |word: u64| {
        let mut digest = Digest::new();
        [word, 0].iter().for_each(|word| digest.write_u64(*word));
        digest.value()
    };
    for bit in 0..64 {
        let turned =
            (0..200).map(|n| (of(n * 0x9E37) ^ of((n * 0x9E37) ^ (1 << bit))).count_ones());
        let mean = f64::from(turned.sum::<u32>()) / 200.0;
        assert!((60.0..68.0).contains(&mean), "bit {bit} turns {mean} of 128");
    }
}

#[test]
fn draws_go_into_the_digest_if_asked() {
    let run = |ingredients: Ingredients, words: u32| {
        let mut simulation = Simulation::new(Config::new(7).ingredients(ingredients));
        let clerk = simulation.spawn("clerk", Clerk);
        // The contents of the message differ as the draws do.
        simulation.send(&clerk, Order::Draw(words));
        simulation.run().expect("no errors");
        simulation.digest().expect("a digest")
    };
    let (without, with) = (Ingredients::TIMES, Ingredients::TIMES | Ingredients::DRAWS);
    assert_eq!(run(without, 3), run(without, 4));
    // Those of the last handler count, though no record follows.
    assert_ne!(run(with, 3), run(with, 4));
    assert_eq!(run(with, 3), run(with, 3));
}

#[test]
fn results_go_into_the_digest_if_asked() {
    // The same trace: the names of the drivers are only printed.
    let named = |ingredients, commission| {
        let fleet = TaxiFleet { commission, ..TaxiFleet::default() };
        fleet.run(Config::new(42).ingredients(ingredients)).expect("no errors").digest
    };
    let rates = ["0.25", "0.2"].map(|rate| rate.parse().expect("a rate"));
    let of = |ingredients| rates.map(|rate| named(ingredients, rate));
    let [a, b] = of(Ingredients::TIMES);
    assert_eq!(a, b);
    let [a, b] = of(Ingredients::TIMES | Ingredients::RESULTS);
    assert_ne!(a, b);
    // With nothing else chosen, too; and the trace is as it was.
    let plain = TaxiFleet::default().run(Config::new(42)).expect("no errors").digest;
    assert_ne!(named(Ingredients::STANDARD | Ingredients::RESULTS, rates[0]), plain);
}

/// What an observer keeps of a record.
struct Seen {
    event: u64,
    cause: u64,
    kind: RecordKind,
    receiver: String,
    drawn: Vec<Draw>,
}

fn watched(config: Config, start: impl FnOnce(&mut Simulation)) -> Vec<Seen> {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let log = Rc::clone(&seen);
    let mut simulation = Simulation::new(config);
    simulation.observe(move |record: &Record<'_>| {
        log.borrow_mut().push(Seen {
            event: record.event,
            cause: record.cause,
            kind: record.kind,
            receiver: record.receiver.to_string(),
            drawn: record.drawn.to_vec(),
        });
    });
    start(&mut simulation);
    simulation.run().expect("no errors");
    drop(simulation);
    Rc::into_inner(seen).expect("the observer is gone").into_inner()
}

/// Every chain of causes leads outside, through earlier events.
#[test]
fn causes_are_earlier_events() {
    let crashes = vec![(0, Span::from_millis(1_500))];
    let tree = ActorTree { supervisors: 2, epochs: 3, crashes, ..ActorTree::default() };
    let seen = watched(Config::new(3).latency(DEFAULT_LATENCY), |simulation| {
        tree.start(simulation);
    });
    assert!(seen.len() > 50);
    assert!(seen.iter().all(|record| record.cause <= record.event));
    assert_eq!(seen[0].cause, 0);
    // Only the first message comes from outside.
    assert_eq!(seen.iter().filter(|record| record.cause == 0).count(), 1);
    let died = seen.iter().find(|record| matches!(record.kind, RecordKind::Died(_)));
    let died = died.expect("a worker crashed");
    let cause = seen.iter().find(|record| record.event == died.cause).expect("it is recorded");
    assert!(cause.receiver.contains("crasher"), "{} killed {}", cause.receiver, died.receiver);
}

#[test]
fn observers_see_draws_after_their_event() {
    let orders = |simulation: &mut Simulation| {
        let desk = simulation.spawn("desk", Desk);
        let clerk = simulation.spawn("clerk", Clerk);
        let send = Order::Send { to: *desk, contents: 1 };
        [Order::Draw(2), send].into_iter().for_each(|order| simulation.send(&clerk, order));
    };
    let seen = watched(Config::new(7).draws(true), orders);
    let lengths: Vec<usize> = seen.iter().map(|record| record.drawn.len()).collect();
    assert_eq!(lengths, [0, 2, 0]);
    assert_eq!(&*seen[1].drawn[0].purpose, "noise");
    let mut stream = Simulation::new(Config::new(7)).stream("noise");
    assert_ne!(seen[1].drawn[0].word, stream.next_u64(), "a stream of the clerk's own");
    // Nobody asked.
    assert!(watched(Config::new(7), orders).iter().all(|record| record.drawn.is_empty()));
}

/// Also where others draw, after the end of whoever opened the stream.
#[test]
fn draws_are_those_of_whoever_opened_the_stream() {
    let seen = watched(Config::new(7).draws(true), |simulation| {
        let opener = simulation.process("opener", async move |p| {
            let mut stream = p.stream("noise");
            stream.next_u64();
            stream
        });
        simulation.process("heir", async move |p| {
            let stream = p.join(&opener).await.expect("it is not killed");
            let next = |p: Process| async move { p.stream("voice").next_u64() };
            _ = p.join(&p.process("next", next)).await;
            stream.clone().next_u64();
        });
    });
    let drawn: Vec<&Draw> = seen.iter().flat_map(|record| &record.drawn).collect();
    let purposes: Vec<&str> = drawn.iter().map(|draw| &*draw.purpose).collect();
    assert_eq!(purposes, ["noise", "voice", "noise"]);
    assert!(drawn[0].actor == drawn[2].actor && drawn[0].actor != drawn[1].actor);
    assert_ne!(drawn[0].word, drawn[2].word);
}

/// Nobody takes the draws: they are let go of, and whoever comes later is not
/// shown them.
#[test]
fn draws_that_nobody_takes_do_not_pile_up() {
    for digest in [true, false] {
        let mut simulation = Simulation::new(Config::new(7).draws(true).digest(digest));
        let desk = simulation.spawn("desk", Desk);
        let clerk = simulation.spawn("clerk", Clerk);
        let send = || Order::Send { to: *desk, contents: 1 };
        [Order::Draw(50), send()].into_iter().for_each(|order| simulation.send(&clerk, order));
        simulation.run().expect("no errors");
        let seen = Rc::new(RefCell::new(0));
        let log = Rc::clone(&seen);
        simulation.observe(move |record: &Record<'_>| *log.borrow_mut() += record.drawn.len());
        simulation.send(&clerk, send());
        simulation.run().expect("no errors");
        assert_eq!(*seen.borrow(), 0, "digest {digest}");
    }
}

fn digest_of_contents(message: &impl Message) -> u128 {
    let mut digest = Digest::new();
    message.digest(&mut digest);
    digest.value()
}

/// Of all texts that differ in a byte, in their length, or in where one ends and
/// the next begins: through every way in which lengths are cut into words.
#[test]
fn contents_that_differ_have_different_digests() {
    let mut seen = HashSet::new();
    let mut count = 0;
    let mut add = |value: u128| {
        seen.insert(value);
        count += 1;
    };
    for length in 0..70 {
        let text = "a".repeat(length);
        add(digest_of_contents(&text));
        for place in 0..length {
            let mut changed = text.clone();
            changed.replace_range(place..=place, "b");
            add(digest_of_contents(&changed));
        }
        for end in 0..length {
            add(digest_of_contents(&vec![text[..end].to_owned(), text[end..].to_owned()]));
        }
        let list = vec![0_u64; length];
        add(digest_of_contents(&(7_u8, list.clone())));
        for place in 0..length {
            let mut changed = list.clone();
            changed[place] = 1;
            add(digest_of_contents(&(7_u8, changed)));
        }
    }
    assert_eq!(seen.len(), count);
}

proptest! {
    /// Which words, which of them variants, and in which order.
    #[test]
    fn chains_that_differ_have_different_digests(
        one in proptest::collection::vec((0..3_u64, proptest::bool::ANY), 0..8),
        other in proptest::collection::vec((0..3_u64, proptest::bool::ANY), 0..8),
    ) {
        let chain = |steps: &[(u64, bool)]| {
            let mut digest = Digest::new();
            for (word, variant) in steps {
                if *variant { digest.write_variant(*word) } else { digest.write_u64(*word) }
            }
            digest.value()
        };
        prop_assert_eq!(one == other, chain(&one) == chain(&other));
    }
}
