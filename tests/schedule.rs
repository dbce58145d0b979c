//! Schedules, held to a naive one.

use flagfall::schedule::{Schedule, ScheduleError};
use flagfall::{Span, VirtualTime};
use proptest::prelude::*;

fn at(hours: u64) -> VirtualTime {
    VirtualTime::from_hours(hours)
}

fn read(text: &str) -> Schedule<u64> {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Steps, a period or none, an offset, and exceptions, all in hours.
#[derive(Clone, Debug)]
struct Parts {
    steps: Vec<(u64, u64)>,
    period: Option<u64>,
    offset: u64,
    exceptions: Vec<(u64, u64, u64)>,
}

impl Parts {
    /// The value at an hour of the run.
    fn value(&self, hour: u64) -> u64 {
        let exception =
            self.exceptions.iter().find(|(from, until, _)| (*from..*until).contains(&hour));
        let of_period = self.period.map_or(hour, |period| (hour + self.offset) % period);
        let step = self.steps.iter().rev().find(|(from, _)| *from <= of_period);
        exception.map_or_else(|| step.expect("the first is at 0").1, |(.., value)| *value)
    }

    fn made(&self) -> Schedule<u64> {
        let steps =
            self.steps.iter().map(|(hour, value)| (Span::from_hours(*hour), *value)).collect();
        let made = match self.period {
            None => Schedule::once(steps),
            Some(period) => Schedule::repeating(Span::from_hours(period), steps)
                .and_then(|made| made.beginning_at(Span::from_hours(self.offset))),
        };
        let exceptions = self.exceptions.iter();
        exceptions.fold(made.expect("a schedule"), |made, (from, until, value)| {
            made.except(at(*from), at(*until), *value).expect("they do not overlap")
        })
    }
}

fn parts() -> impl Strategy<Value = Parts> {
    let steps = prop::collection::btree_map(1..20_u64, 0..3_u64, 0..5);
    let exceptions = prop::collection::btree_set(0..90_u64, 0..7);
    (0..3_u64, steps, prop::option::of(20..30_u64), 0..20_u64, exceptions).prop_map(
        |(first, steps, period, offset, ends)| {
            let ends: Vec<u64> = ends.into_iter().collect();
            let exceptions =
                ends.chunks_exact(2).map(|pair| (pair[0], pair[1], pair[0] % 3)).collect();
            let steps = std::iter::once((0, first)).chain(steps).collect();
            Parts { steps, period, offset: period.map_or(0, |_| offset), exceptions }
        },
    )
}

proptest! {
    #[test]
    fn values_and_changes_are_those_of_a_naive_one(parts in parts()) {
        let made = parts.made();
        for hour in 0..100 {
            prop_assert_eq!(*made.at(at(hour)), parts.value(hour));
            let next = (hour + 1..200).find(|later| parts.value(*later) != parts.value(hour));
            // One that comes later may be found, too: all steps and exceptions are before.
            prop_assert_eq!(made.change_after(at(hour)), next.map(at));
        }
    }

    #[test]
    fn what_is_printed_is_read(parts in parts()) {
        let made = parts.made();
        prop_assert_eq!(made.to_string().parse(), Ok(made));
    }

    /// No text does harm.
    #[test]
    fn any_text_is_read_or_refused(text in "(daily|weekly|every|once|x)[(][a-z0-9:, =]{0,30}[)]?") {
        if let Ok(made) = text.parse::<Schedule<u64>>() {
            prop_assert_eq!(made.to_string().parse(), Ok(made));
        }
    }
}

#[test]
fn days_of_the_week_begin_on_monday() {
    let open = read("weekly(0: 0, mon 8h: 2, mon 18h: 0, sat 9h30m: 1, sun: 0)");
    assert_eq!((*open.at(at(8)), *open.at(at(5 * 24 + 10)), *open.at(at(6 * 24))), (2, 1, 0));
    // A run that begins on Saturday.
    let later = open.beginning_at(Span::from_hours(5 * 24)).expect("it repeats");
    assert_eq!(*later.at(at(10)), 1);
    assert_eq!(later.change_after(at(0)), Some(VirtualTime::ZERO + Span::from_mins(570)));
    assert_eq!(later.to_string(), "weekly(0: 0, 8h: 2, 18h: 0, 129h30m: 1, 144h: 0, begin=120h)");
    // The end of time.
    assert_eq!(later.change_after(VirtualTime::MAX), None);
}

#[test]
fn mistakes_are_named_with_what_to_do() {
    for (text, told) in [
        ("daily()", "there is no step: give at least the value from 0 on"),
        ("daily(1h: 2)", "the first step is at 1h: give the value from 0 on"),
        ("daily(0: 2, 3h: 1, 3h: 2)", "give the steps in the order of time"),
        ("daily(0: 2, 24h: 1)", "is not within the period of"),
        ("daily(0: 2, 8: 1)", "'8' is no time such as 8h"),
        ("daily(0: 2, mon 8h: 1)", "'mon 8h' is no time such as 8h"),
        ("daily(0: x)", "'x': invalid digit"),
        ("hourly(0: 2)", "there is no schedule hourly; write it as daily(0: 0, 8h: 3, 18h: 0)"),
        ("every(0s, 0: 2)", "the period is 0: give a longer one"),
        ("once(0: 2, begin=1h)", "it does not repeat"),
        ("daily(0: 2, begin=25h)", "is not within the period"),
        ("daily(0: 2, begin=1h, begin=2h)", "begin is given twice"),
        ("daily(0: 2, 3h to 3h: 1)", "is empty: give a later end"),
        ("daily(0: 2, 3h to 5h: 1, 4h to 6h: 0)", "two exceptions overlap between"),
        ("daily(0: 2, 3h)", "'3h' has no value"),
        ("daily(0: 2", "it has to end with )"),
    ] {
        let error = text.parse::<Schedule<u64>>().expect_err(text).to_string();
        assert!(error.contains(told), "{text}: {error}");
    }
    let made = read("daily(0: 2)").except(at(1), at(2), 0).expect("an exception");
    assert_eq!(made.beginning_at(Span::from_hours(1)), Err(ScheduleError::ExceptionsFirst));
}
