//! Arrival processes: against their expected numbers, and as texts.

use flagfall::arrivals::{ArrivalProcess, Arrivals, Rates};
use flagfall::random::{Distribution, Stream, StreamName};
use flagfall::schedule::Schedule;
use flagfall::{Span, VirtualTime};
use proptest::prelude::*;
use rand::Rng;

fn stream(seed: u64, purpose: &str) -> Stream {
    Stream::open(&StreamName { seed, replication: 0, actor: 0, incarnation: 0, purpose })
}

fn begin(text: &str, seed: u64) -> Arrivals {
    let process: ArrivalProcess = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    process.begin(VirtualTime::ZERO, stream(seed, "times"), stream(seed, "sizes"))
}

/// One of each kind.
const PROCESSES: &[&str] = &[
    "exponential(mean=120)",
    "gamma(shape=2, scale=30)",
    "rates(per=1h, daily(0: 2, 8h: 30, 20h: 5))",
    "rates(per=60s, 0.5)",
    "lines(per=1h, weekly(0: 2, 12h: 30, 144h: 0, 146h to 150h: 7))",
    "recorded(0, 3s, 7s, 7s, 1h)",
    "batches(exponential(mean=120), size=geometric(p=0.5))",
    "batches(rates(per=1h, every(6h, 0: 0, 1h: 3)), size=2)",
];

fn rates(text: &str, is_linear: bool) -> Rates {
    let schedule: Schedule<f64> = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    let make = if is_linear { Rates::lines } else { Rates::steps };
    make(Span::from_hours(1), schedule).expect("rates")
}

#[test]
fn expected_numbers_are_integrals() {
    let hours = |from, until| (VirtualTime::from_hours(from), VirtualTime::from_hours(until));
    let expected = |rates: &Rates, (from, until)| rates.expected(from, until);
    let steps = rates("daily(0: 2, 8h: 30, 20h: 5)", false);
    assert_eq!(expected(&steps, hours(0, 24)), 396.0);
    assert_eq!(expected(&steps, hours(7, 9)), 32.0);
    assert_eq!(expected(&steps, hours(19, 24 + 9)), 30.0 + 20.0 + 16.0 + 30.0);
    let lines = rates("daily(0: 2, 8h: 30, 20h: 6)", true);
    let near = |found: f64, wanted: f64| (found - wanted).abs() < 1e-9 * wanted;
    assert!(near(expected(&lines, hours(0, 8)), 128.0));
    assert!(near(expected(&lines, hours(0, 24)), 128.0 + 216.0 + 16.0));
    assert!(near(expected(&lines, hours(14, 20)), 6.0 * (18.0 + 6.0) / 2.0));
    // The last rate holds for ever.
    assert!(near(expected(&rates("once(0: 2, 8h: 30)", true), hours(8, 18)), 300.0));
    // Rates are constant in exceptions.
    let steps = rates("daily(0: 2, 24h to 48h: 1)", false);
    assert_eq!(expected(&steps, hours(0, 72)), 48.0 + 24.0 + 48.0);
}

#[test]
fn no_arrival_comes_where_the_rate_is_nothing() {
    let midnight = VirtualTime::ZERO;
    assert_eq!(rates("0", false).after(midnight, 1.0), None);
    assert_eq!(rates("once(0: 3, 2h: 0)", false).after(midnight, 6.5), None);
    assert_eq!(rates("daily(0: 0)", false).after(midnight, 1e-9), None);
    // After a year of nothing, there is a day.
    let late = rates("daily(0: 0, 8760h to 8784h: 2)", false);
    let found = late.after(midnight, 3.0);
    assert_eq!(found, Some(VirtualTime::from_hours(8760) + Span::from_mins(90)));
    assert_eq!(late.after(midnight, 49.0), None);
    // Whole periods are passed at once.
    let seldom = rates("every(1s, 0: 0, 999999us: 0.001)", false);
    let far = seldom.after(midnight, 1e-3).expect("a time");
    assert!((far.as_secs_f64() / 3.6e9 - 1.0).abs() < 1e-6, "{far}");
}

fn some_rates() -> impl Strategy<Value = Rates> {
    let steps = prop::collection::btree_map(1..24_u64, 0.0_f64..50.0, 0..5);
    let exceptions = prop::option::of((0..50_u64, 1..30_u64, 0.0_f64..9.0));
    (0.1_f64..50.0, steps, any::<bool>(), 0..24_u64, exceptions, any::<bool>()).prop_map(
        |(first, steps, repeats, offset, exception, is_linear)| {
            let steps = std::iter::once((0, first)).chain(steps);
            let steps = steps.map(|(hour, rate)| (Span::from_hours(hour), rate)).collect();
            let made = if repeats {
                let made = Schedule::daily(steps).expect("a schedule");
                made.beginning_at(Span::from_hours(offset)).expect("it repeats")
            } else {
                Schedule::once(steps).expect("a schedule")
            };
            let made = match exception {
                None => made,
                Some((from, width, rate)) => {
                    let from = VirtualTime::from_hours(from);
                    made.except(from, from + Span::from_hours(width), rate).expect("one alone")
                }
            };
            let make = if is_linear { Rates::lines } else { Rates::steps };
            make(Span::from_hours(1), made).expect("rates")
        },
    )
}

proptest! {
    /// `after` is the inverse of `expected`.
    #[test]
    fn the_inverse_is_exact(
        rates in some_rates(), from in 0..100_000_u64, number in 0.001_f64..20_000.0,
    ) {
        let from = VirtualTime::from_secs(from);
        if let Some(until) = rates.after(from, number) {
            let found = rates.expected(from, until);
            // Times are rounded to nanoseconds.
            prop_assert!((found - number).abs() <= 1e-9 * number + 1e-9, "{found} {number}");
        }
    }

    #[test]
    fn any_text_is_read_or_refused(
        text in "(rates|lines|recorded|batches|exponential)?[(]?[a-z0-9(),.=: ]{0,40}[)]?",
    ) {
        if let Ok(process) = text.parse::<ArrivalProcess>() {
            prop_assert_eq!(process.to_string().parse(), Ok(process));
        }
    }
}

/// In expected numbers, gaps are exponential with mean 1: the largest distance of their
/// distribution (Kolmogorov and Smirnov) is passed in one of 1,000 right samples.
#[test]
fn arrivals_with_rates_are_a_poisson_process() {
    let unit = Distribution::exponential(1.0).expect("a distribution");
    for (text, schedule, is_linear) in [
        (PROCESSES[2], "daily(0: 2, 8h: 30, 20h: 5)", false),
        (PROCESSES[4], "weekly(0: 2, 12h: 30, 144h: 0, 146h to 150h: 7)", true),
    ] {
        let rates = rates(schedule, is_linear);
        let mut last = VirtualTime::ZERO;
        let mut gaps: Vec<f64> = begin(text, 1)
            .take(20_000)
            .map(|arrival| {
                let gap = rates.expected(last, arrival.at);
                last = arrival.at;
                gap
            })
            .collect();
        gaps.sort_by(f64::total_cmp);
        let count = gaps.len() as f64;
        let distance =
            |(at, gap): (usize, &f64)| (unit.cdf(*gap) - (at as f64 + 0.5) / count).abs();
        let most = gaps.iter().enumerate().map(distance).fold(0.0, f64::max);
        assert!(most < 1.95 / count.sqrt(), "{text}: {most}");
    }
}

#[test]
fn gaps_are_draws_of_their_distribution() {
    let gaps: Distribution = "gamma(shape=2, scale=30)".parse().expect("a distribution");
    let mut times = stream(3, "times");
    let mut at = VirtualTime::ZERO;
    for arrival in begin(PROCESSES[1], 3).take(100) {
        at += gaps.draw_span(&mut times);
        assert_eq!((arrival.at, arrival.size), (at, 1));
    }
    let recorded: Vec<_> = begin(PROCESSES[5], 3).map(|arrival| arrival.at).collect();
    assert_eq!(recorded, [0, 3, 7, 7, 3600].map(VirtualTime::from_secs));
}

#[test]
fn sizes_are_drawn_apart_and_each_arrival_takes_one_word() {
    for text in PROCESSES {
        let alone = text.strip_prefix("batches(").and_then(|rest| rest.rsplit_once(", size="));
        let Some((alone, sizes)) = alone else { continue };
        let sizes: Distribution = sizes.trim_end_matches(')').parse().unwrap_or_else(|_| {
            format!("{})", sizes.trim_end_matches(')')).parse().expect("a distribution")
        });
        let mut drawn = stream(4, "sizes");
        for (one, other) in begin(text, 4).zip(begin(alone, 4)).take(500) {
            assert_eq!(one.at, other.at, "{text}");
            assert_eq!(one.size as i64, sizes.draw_whole(&mut drawn), "{text}");
        }
    }
    for text in &PROCESSES[..5] {
        let process: ArrivalProcess = text.parse().expect("a process");
        let (mut words, mut at) = (stream(5, "times"), VirtualTime::ZERO);
        for arrival in begin(text, 5).take(100) {
            // One process that goes on from the arrival before, with the next word.
            let next = process.begin(at, words.clone(), stream(5, "sizes")).next();
            assert_eq!(next.map(|next| next.at), Some(arrival.at), "{text}");
            words.next_u64();
            at = arrival.at;
        }
    }
}

#[test]
fn each_process_is_printed_as_it_is_read() {
    for text in PROCESSES {
        let read: ArrivalProcess = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(read.to_string().parse(), Ok(read.clone()), "{text}: {read}");
    }
}

#[test]
fn mistakes_are_named_with_what_to_do() {
    for (text, told) in [
        ("", "is neither a number nor a span"),
        ("normal(5, 1)", "gaps can be -inf, and have to be positive"),
        ("0", "gaps can be 0, and have to be positive"),
        ("rates(daily(0: 1))", "write it as rates(per=1h, daily(0: 2, 8h: 30))"),
        ("rates(1h, daily(0: 1))", "'1h' is not the span that the rates are for: give per=1h"),
        ("rates(per=0s, daily(0: 1))", "rates are for a span of 0: give per=1h"),
        ("rates(per=1h, daily(0: -1))", "a rate is -1, and has to be from 0 to 1e12"),
        ("lines(per=1h, daily(1h: 1))", "give the value from 0 on"),
        ("recorded(3s, 2s)", "the time 2s follows 3s: give the times in order"),
        ("recorded(3s, x)", "'x' is no span such as 90s"),
        ("batches(5s)", "write it as batches(exponential(mean=2min), size=geometric(p=0.5))"),
        ("batches(5s, size=poisson(2))", "sizes of batches have to be whole numbers from 1"),
        ("batches(batches(5s, size=2), size=2)", "batches of batches"),
        ("rates(per=1h, daily(0: 1)", "a ) is missing"),
    ] {
        let error = text.parse::<ArrivalProcess>().expect_err(text).to_string();
        assert!(error.contains(told), "{text}: {error}");
    }
}
