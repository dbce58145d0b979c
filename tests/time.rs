//! Spans and instants: parsing, printing, checked arithmetic.

use crate::panics::place_of_panic;
use flagfall::{Span, VirtualTime};
use proptest::prelude::*;

#[test]
fn spans_are_read_exactly() {
    let check = |text: &str, nanos: u64| {
        assert_eq!(text.parse::<Span>().map(Span::as_nanos), Ok(nanos), "{text}");
    };
    check("0", 0);
    check("0s", 0);
    check("1.5s", 1_500_000_000);
    check("250ms", 250_000_000);
    check("40us", 40_000);
    check("40µs", 40_000);
    check("7ns", 7);
    check("2h", 7_200_000_000_000);
    check("1h30m", 5_400_000_000_000);
    check("90min", 5_400_000_000_000);
    check("1d", 86_400_000_000_000);
    check(".5s", 500_000_000);
    check("1.s", 1_000_000_000);
    check(" 3s ", 3_000_000_000);
    check("0.000000001s", 1);
    check("0.0000000010000s", 1);
    check("0.0000152587890625d", 1_318_359_375);
    check("18446744073.709551615s", u64::MAX);
}

#[test]
fn mistakes_name_their_remedy() {
    let check = |text: &str, remedy: &str| {
        let error = text.parse::<Span>().expect_err(text).to_string();
        assert!(error.contains(remedy), "{text}: {error}");
    };
    check("", "missing");
    check("abc", "write a number and a unit");
    check("s", "write a number and a unit");
    check("5", "5s, 5ms");
    check("1h30", "no unit");
    check("5 s", "unknown unit");
    check("5x", "use ns, us, ms");
    check("-1s", "negative");
    check("1.2.3s", "write a number and a unit");
    check(".s", "write a number and a unit");
    check("0.5ns", "whole nanoseconds");
    check("0.000000000000001d", "whole nanoseconds");
    check("600000000000s", "584 years");
    check("99999999999999999999s", "584 years");
    check("NaNs", "number");
    check("1e3s", "unit");
}

#[test]
fn floats_must_be_spans() {
    for secs in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, -1e-9, 1.9e10, 1e300] {
        assert!(Span::try_from_secs_f64(secs).is_err(), "{secs}");
    }
    assert_eq!(Span::try_from_secs_f64(1.5), Ok(Span::from_millis(1_500)));
    assert_eq!(Span::try_from_secs_f64(-0.0), Ok(Span::ZERO));
}

#[test]
fn arithmetic_is_checked() {
    assert_eq!(VirtualTime::MAX.checked_add(Span::from_nanos(1)), None);
    assert_eq!(Span::MAX.checked_add(Span::from_nanos(1)), None);
    assert_eq!(Span::from_secs(1).checked_mul(u64::MAX), None);
    assert_eq!(VirtualTime::ZERO.checked_since(VirtualTime::from_nanos(1)), None);
    let overflow = std::panic::catch_unwind(|| VirtualTime::MAX + Span::from_nanos(1));
    assert!(overflow.is_err());
}

#[test]
fn operators_read_as_they_are_written() {
    let (second, minute) = (Span::from_secs(1), Span::from_mins(1));
    assert_eq!(60 * second, minute);
    assert_eq!(minute / 60, second);
    assert_eq!(minute * 0.5, Span::from_secs(30));
    assert_eq!(0.5 * minute, minute / 2.0);
    assert_eq!(minute / second, 60.0);
    assert_eq!((minute + second) % minute, second);
    assert_eq!(minute - second, Span::from_secs(59));
    assert_eq!([second; 3].iter().sum::<Span>(), [second; 3].into_iter().sum());
    let mut time = VirtualTime::from_days(1) - Span::from_hours(23);
    time -= minute;
    time += second;
    assert_eq!(time, VirtualTime::from_secs_f64(3_541.0));
    let mut span = VirtualTime::from_hours(1) - time;
    span -= second;
    assert_eq!(span, Span::from_secs(58));
}

#[test]
fn half_a_nanosecond_goes_to_even() {
    let [two, three, five] = [2, 3, 5].map(Span::from_nanos);
    assert_eq!(five / 2, two);
    assert_eq!(five * 0.5, two);
    assert_eq!(five / 2.0, two);
    assert_eq!(three / 2, two);
    assert_eq!(Span::from_secs_f64(1.0 / 1_024.0), Span::from_nanos(976_562));
    // This float is less than the half. Rounded twice, it would be more: times 1e9, it is
    // 2931.5 as a float.
    assert_eq!(Span::from_secs_f64(2.931_5e-6), Span::from_nanos(2_931));
}

#[test]
fn spans_times_floats_reach_both_ends() {
    let one = Span::from_nanos(1);
    assert_eq!(Span::MAX * 1.0, Span::MAX);
    assert_eq!(Span::MAX / 1.0, Span::MAX);
    assert_eq!(Span::MAX / Span::MAX, 1.0);
    assert_eq!(Span::MAX / one, 2.0_f64.powi(64));
    assert_eq!(one.checked_mul_f64(2.0_f64.powi(64)), None);
    assert_eq!(one.checked_div_f64(2.0_f64.powi(-64)), None);
    assert_eq!(one * 2.0_f64.powi(63), one / 2.0_f64.powi(-63));
    for tiny in [f64::MIN_POSITIVE, 5e-324, 2.0_f64.powi(-66)] {
        assert_eq!(Span::MAX * tiny, Span::ZERO);
        assert_eq!(Span::ZERO / tiny, Span::ZERO);
        assert_eq!(one.checked_div_f64(tiny), None);
    }
    assert_eq!(Span::MAX / f64::MAX, Span::ZERO);
    assert_eq!(Span::MAX * -0.0, Span::ZERO);
    assert_eq!(Span::MAX.as_secs_f64(), 18_446_744_073.709_553);
}

#[test]
fn what_has_no_result_panics_at_the_caller() {
    let second = Span::from_secs(1);
    type Term = fn(Span);
    let refused: [(&str, Term); 14] = [
        ("1s * -1", |s| _ = s * -1.0),
        ("1s * NaN", |s| _ = f64::NAN * s),
        ("1s * inf", |s| _ = s * f64::INFINITY),
        ("1s / 0", |s| _ = s / 0),
        ("1s / 0", |s| _ = s / 0.0),
        ("1s / -2", |s| _ = s / -2.0),
        ("1s / 0s", |s| _ = s / Span::ZERO),
        ("1s % 0s", |s| _ = s % Span::ZERO),
        ("1s * 1000000000000000000000", |s| _ = s * 1e21),
        ("584 years", |s| _ = s * u64::MAX),
        ("below zero", |s| _ = Span::ZERO - s),
        ("before the start", |s| _ = VirtualTime::ZERO - s),
        ("negative", |_| _ = Span::from_secs_f64(-1.0)),
        ("584 years", |_| _ = VirtualTime::from_days(u64::MAX)),
    ];
    for (words, refused) in refused {
        let (place, text) = place_of_panic(|| refused(second));
        assert!(text.contains(words), "{words}: {text}");
        assert!(place.is_some_and(|place| place.starts_with(file!())), "{words}");
    }
}

#[test]
fn instants_print_in_seconds() {
    let time = VirtualTime::from_nanos(12_500_000_000);
    assert_eq!(format!("{time}"), "12.5s");
    assert_eq!(format!("{time:#}"), "12.500000000");
    assert_eq!(format!("{:>8}", VirtualTime::ZERO), "      0s");
}

proptest! {
    #[test]
    fn what_is_printed_can_be_read(nanos: u64) {
        let span = Span::from_nanos(nanos);
        prop_assert_eq!(span.to_string().parse::<Span>(), Ok(span));
        let time = VirtualTime::from_nanos(nanos);
        prop_assert_eq!(time.to_string().parse::<VirtualTime>(), Ok(time));
    }

    /// Twice the distance to the true value is at most one unit; exactly one if it lies
    /// in the middle, and then the result is even.
    #[test]
    fn spans_times_and_by_floats_are_nearest(nanos: u64, mantissa in 1_u64..1 << 53, binary in 0_i32..60) {
        let (span, float) = (Span::from_nanos(nanos), mantissa as f64 * 2_f64.powi(-binary));
        let (nanos, mantissa, one) = (u128::from(nanos), u128::from(mantissa), 1_u128 << binary);
        let nearest = |result: Option<Span>, count: u128, unit: u128| match result {
            None => count / unit >= u128::from(u64::MAX),
            Some(span) => {
                let whole = u128::from(span.as_nanos());
                let twice = 2 * (whole * unit).abs_diff(count);
                twice < unit || twice == unit && whole % 2 == 0
            }
        };
        prop_assert!(nearest(span.checked_mul_f64(float), nanos * mantissa, one));
        prop_assert!(nearest(span.checked_div_f64(float), nanos * one, mantissa));
        prop_assert!(nearest(span.checked_div(mantissa as u64), nanos, mantissa));
    }

    #[test]
    fn ratios_are_nearest(count in 1_u64 << 53.., divisor in 1_u64 << 53..) {
        let ratio = Span::from_nanos(count) / Span::from_nanos(divisor);
        // The float as a whole number of 2^-63: its neighbours are less than 2^12 away.
        let (scaled, divisor) = ((ratio * 2_f64.powi(63)) as u128, u128::from(divisor));
        let unit = 1_u128 << scaled.ilog2().saturating_sub(52);
        let (exact, rest) = ((u128::from(count) << 63) / divisor, (u128::from(count) << 63) % divisor);
        let twice = 2 * scaled.abs_diff(exact);
        prop_assert!(twice <= unit || twice == unit + 1 && rest > 0, "{} {} {}", scaled, exact, unit);
    }

    #[test]
    fn any_text_is_read_or_refused(text: String) {
        let _ = text.parse::<Span>();
    }

    #[test]
    fn seconds_survive_floats(nanos in 0_u64..1 << 51) {
        let span = Span::from_nanos(nanos);
        prop_assert_eq!(Span::try_from_secs_f64(span.as_secs_f64()), Ok(span));
    }
}
