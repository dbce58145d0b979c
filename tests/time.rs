//! Spans and instants: parsing, printing, checked arithmetic.

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
