//! Streams and samplers: golden vectors, ranges, and agreement with
//! `rand_distr` as a statistical oracle.

use flagfall::Span;
use flagfall::random::{Stream, StreamName};
use proptest::prelude::*;
use rand::Rng;
use rand_distr::Distribution;
use serde_json::{Value, json};

fn stream(seed: u64, actor: u64, purpose: &str) -> Stream {
    Stream::open(&StreamName { seed, replication: 0, actor, incarnation: 0, purpose })
}

const TEN: [u32; 10] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/// Everything a stream can draw, in one object.
fn vectors(name: &StreamName<'_>) -> Value {
    let open = || Stream::open(name);
    let mut words = open();
    let mut small = open();
    let mut ranges = open();
    let mut units = open();
    let mut exponentials = open();
    let mut spans = open();
    let mut chances = open();
    let mut chosen = open();
    let mut shuffled = TEN;
    open().shuffle(&mut shuffled);
    json!({
        "seed": name.seed,
        "replication": name.replication,
        "actor": name.actor,
        "incarnation": name.incarnation,
        "purpose": name.purpose,
        "next_u64": (0..8).map(|_| words.next_u64().to_string()).collect::<Vec<_>>(),
        "below_7": (0..8).map(|_| small.below(7)).collect::<Vec<_>>(),
        "range_1_to_5": (0..16).map(|_| ranges.range(1..=5)).collect::<Vec<_>>(),
        "unit_bits": (0..4).map(|_| units.unit().to_bits().to_string()).collect::<Vec<_>>(),
        "exponential_mean_1s_ns":
            (0..8).map(|_| exponentials.exponential(Span::from_secs(1)).as_nanos()).collect::<Vec<_>>(),
        "span_1ms_to_3ms_ns": (0..8)
            .map(|_| spans.span(Span::from_millis(1)..=Span::from_millis(3)).as_nanos())
            .collect::<Vec<_>>(),
        "chance_0.3": (0..16).map(|_| chances.chance(0.3)).collect::<Vec<_>>(),
        "choose_0_to_9": (0..8).map(|_| chosen.choose(&TEN).copied()).collect::<Vec<_>>(),
        "shuffle_0_to_9": shuffled,
    })
}

#[test]
fn streams_draw_the_golden_vectors() {
    let names = [
        StreamName { seed: 42, replication: 0, actor: 0, incarnation: 0, purpose: "durations" },
        StreamName { seed: 42, replication: 1, actor: 0, incarnation: 0, purpose: "durations" },
        StreamName { seed: 42, replication: 0, actor: 7, incarnation: 0, purpose: "durations" },
        StreamName { seed: 42, replication: 0, actor: 7, incarnation: 1, purpose: "latency" },
        StreamName { seed: u64::MAX, replication: 3, actor: u64::MAX, incarnation: 9, purpose: "" },
    ];
    let drawn = json!({ "vectors": names.iter().map(vectors).collect::<Vec<_>>() });
    // Streams must not change: every recorded run would change with them.
    crate::support::check_golden("random.json", &format!("{drawn:#}\n"));
}

#[test]
fn every_sampler_has_a_golden_vector() {
    let read =
        |file: &str| std::fs::read_to_string(crate::support::fixture_path(file)).expect(file);
    let (samplers, tests) = (read("../src/random/samplers.rs"), read("../tests/random.rs"));
    let (_, vectors) = tests.split_once("fn vectors(").expect("the function above");
    let (vectors, _) = vectors.split_once("\n}\n").expect("its end");
    let names = samplers.lines().filter_map(|line| line.trim().strip_prefix("pub fn "));
    let names: Vec<&str> = names.filter_map(|line| line.split(['(', '<']).next()).collect();
    assert!(names.contains(&"exponential"), "{names:?}");
    for name in names {
        assert!(vectors.contains(&format!(".{name}(")), "vectors() has no {name}");
    }
}

#[test]
fn every_part_of_the_name_matters() {
    let base = StreamName { seed: 1, replication: 2, actor: 3, incarnation: 4, purpose: "p" };
    let others = [
        StreamName { seed: 2, ..base },
        StreamName { replication: 3, ..base },
        StreamName { actor: 4, ..base },
        StreamName { incarnation: 5, ..base },
        StreamName { purpose: "q", ..base },
    ];
    let first = |name: &StreamName<'_>| Stream::open(name).next_u64();
    for other in &others {
        assert_ne!(first(&base), first(other), "{other:?}");
    }
}

#[test]
fn bounded_draws_are_uniform() {
    // Chi-square with 6 degrees of freedom: 22.5 is exceeded once in 1,000.
    let mut stream = stream(42, 0, "chi-square");
    let mut counts = [0_u32; 7];
    let draws = 70_000;
    for _ in 0..draws {
        counts[stream.below(7) as usize] += 1;
    }
    let expected = f64::from(draws) / 7.0;
    let chi_square: f64 =
        counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum();
    assert!(chi_square < 22.5, "{chi_square}: {counts:?}");
}

#[test]
fn shuffles_reach_every_order_equally() {
    // 24 orders, 23 degrees of freedom: 49.7 is exceeded once in 1,000.
    let mut stream = stream(42, 0, "orders");
    let mut counts = std::collections::BTreeMap::new();
    let draws = 24_000;
    for _ in 0..draws {
        let mut items = [0, 1, 2, 3];
        stream.shuffle(&mut items);
        *counts.entry(items).or_insert(0_u32) += 1;
    }
    let chi_square: f64 =
        counts.values().map(|&count| (f64::from(count) - 1_000.0).powi(2) / 1_000.0).sum();
    assert_eq!(counts.len(), 24);
    assert!(chi_square < 49.7, "{chi_square}");
}

/// Greatest distance of two empirical distributions (Kolmogorov-Smirnov).
fn distance(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let share = |values: &[f64], x: f64| {
        values.partition_point(|value| *value <= x) as f64 / values.len() as f64
    };
    a.iter().chain(&b).map(|&x| (share(&a, x) - share(&b, x)).abs()).fold(0.0, f64::max)
}

#[test]
fn exponentials_agree_with_rand_distr() {
    let mut ours = stream(42, 1, "ours");
    let mut theirs = stream(42, 2, "theirs");
    let oracle = rand_distr::Exp::new(1.0).unwrap();
    let draws = 20_000;
    let ours = (0..draws).map(|_| ours.exponential(Span::from_secs(1)).as_secs_f64()).collect();
    let theirs = (0..draws).map(|_| oracle.sample(&mut theirs)).collect();
    // 1.95 * sqrt(2/n) is exceeded once in 1,000.
    let bound = 1.95 * (2.0 / f64::from(draws)).sqrt();
    let found = distance(ours, theirs);
    assert!(found < bound, "{found} above {bound}");
}

#[test]
fn extremes_are_handled() {
    let mut stream = stream(42, 0, "extremes");
    assert_eq!(stream.below(1), 0);
    let _ = stream.range(0..=u64::MAX);
    assert_eq!(stream.range(9..=9), 9);
    assert_eq!(stream.exponential(Span::ZERO), Span::ZERO);
    let _ = stream.exponential(Span::MAX);
    assert_eq!(stream.choose::<u8>(&[]), None);
    assert!(!stream.chance(0.0));
    assert!(stream.chance(1.0));
    assert!(std::panic::catch_unwind(move || stream.below(0)).is_err());
}

proptest! {
    #[test]
    fn ranges_keep_their_ends(seed: u64, a: u64, b: u64) {
        let (low, high) = (a.min(b), a.max(b));
        let mut stream = stream(seed, 0, "ranges");
        for _ in 0..8 {
            prop_assert!((low..=high).contains(&stream.range(low..=high)));
        }
    }

    #[test]
    fn shuffling_loses_nothing(seed: u64, mut items: Vec<u8>) {
        let mut before = items.clone();
        stream(seed, 0, "shuffle").shuffle(&mut items);
        before.sort_unstable();
        items.sort_unstable();
        prop_assert_eq!(before, items);
    }

    #[test]
    fn units_are_below_one(seed: u64) {
        let mut stream = stream(seed, 0, "unit");
        for _ in 0..32 {
            let unit = stream.unit();
            prop_assert!((0.0..1.0).contains(&unit));
        }
    }
}

/// A stream is the ChaCha8 generator of the `rand_chacha` crate, whatever is
/// drawn in whatever order.
mod words {
    use flagfall::random::{Stream, StreamName};
    use proptest::prelude::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[derive(Clone, Debug)]
    enum Draw {
        Half,
        Whole,
        Bytes(usize),
        /// Several blocks.
        Wholes(usize),
    }

    fn draw() -> impl Strategy<Value = Draw> {
        prop_oneof![
            6 => Just(Draw::Half),
            12 => Just(Draw::Whole),
            2 => (0_usize..400).prop_map(Draw::Bytes),
            1 => (0_usize..40).prop_map(Draw::Wholes),
        ]
    }

    /// What is done between draws: nothing, a copy, or a seed, which may be the same one again.
    #[derive(Clone, Debug)]
    enum Change {
        None,
        Copied,
        Seed(u64),
    }

    fn change() -> impl Strategy<Value = Change> {
        prop_oneof![
            12 => Just(Change::None),
            1 => Just(Change::Copied),
            1 => (0..3_u64).prop_map(Change::Seed),
        ]
    }

    proptest! {
        #[test]
        fn are_those_of_chacha(
            seed in any::<u64>(),
            incarnation in any::<u32>(),
            draws in prop::collection::vec((draw(), change()), 0..200),
        ) {
            let name = StreamName { seed, replication: 1, actor: 2, incarnation, purpose: "words" };
            let mut stream = Stream::open(&name);
            let mut generator = key(&name);
            generator.set_stream(u64::from(incarnation));
            for (draw, change) in draws {
                prop_assert_eq!(drawn(&mut stream, &draw), drawn(&mut generator, &draw));
                match change {
                    Change::None => {}
                    Change::Copied => stream = stream.clone(),
                    Change::Seed(seed) => {
                        stream.rekey(seed);
                        let position = generator.get_word_pos();
                        generator = key(&StreamName { seed, ..name });
                        generator.set_stream(u64::from(incarnation));
                        generator.set_word_pos(position);
                    }
                }
            }
        }
    }

    proptest! {
        #[test]
        fn are_the_complement_in_the_mirror(
            incarnation in any::<u32>(),
            before in prop::collection::vec(draw(), 0..40),
            draws in prop::collection::vec(draw(), 0..100),
        ) {
            let name =
                StreamName { seed: 42, replication: 1, actor: 2, incarnation, purpose: "words" };
            let mut plain = Stream::open(&name);
            for draw in &before {
                drawn(&mut plain, draw);
            }
            // It begins where the stream is, also within a block of words.
            let mut mirrored = plain.clone().mirrored();
            let mut twice = mirrored.clone().mirrored();
            for draw in &draws {
                let words = drawn(&mut plain, draw);
                let other = drawn(&mut mirrored, draw);
                prop_assert!(words.iter().zip(&other).all(|(word, other)| *other == !*word));
                prop_assert_eq!(words, drawn(&mut twice, draw));
            }
            // A new seed leaves it mirrored.
            plain.rekey(43);
            mirrored.rekey(43);
            prop_assert_eq!(plain.next_u64(), !mirrored.next_u64());
        }
    }

    /// What a draw gives, as bytes.
    fn drawn(from: &mut impl Rng, draw: &Draw) -> Vec<u8> {
        match draw {
            Draw::Half => from.next_u32().to_le_bytes().to_vec(),
            Draw::Whole => from.next_u64().to_le_bytes().to_vec(),
            Draw::Bytes(count) => {
                let mut bytes = vec![0; *count];
                from.fill_bytes(&mut bytes);
                bytes
            }
            Draw::Wholes(count) => {
                (0..*count).flat_map(|_| from.next_u64().to_le_bytes()).collect()
            }
        }
    }

    /// The generator whose key is the four words of the name.
    fn key(name: &StreamName<'_>) -> ChaCha8Rng {
        let purpose = name.purpose.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut purpose = purpose ^ purpose >> 33;
        purpose = purpose.wrapping_mul(0xff51_afd7_ed55_8ccd);
        purpose ^= purpose >> 33;
        purpose = purpose.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        purpose ^= purpose >> 33;
        let words = [name.seed, name.replication, name.actor, purpose];
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        ChaCha8Rng::from_seed(bytes.try_into().expect("32 bytes"))
    }
}
