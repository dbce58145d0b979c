//! The length of work of an actor that is slow for a time.

use super::rule::{Factor, Window};
use crate::time::{Span, VirtualTime};

/// When work of `span` that begins `now` is done. At each instant, the last of `rules`
/// that applies gives the slowdown. The end is rounded up to whole nanoseconds; `None`
/// past the end of virtual time.
pub(super) fn end_of_work(
    now: VirtualTime,
    span: Span,
    rules: &[(Factor, Window)],
) -> Option<VirtualTime> {
    let one = u128::from(Factor::ONE);
    let mut time = now;
    // In millionths of a nanosecond, so that a change of the speed makes the end at most
    // one nanosecond later.
    let mut left = u128::from(span.as_nanos()) * one * one;
    loop {
        let applies = rules.iter().rev().find(|(_, window)| window.contains(time));
        let factor = applies.map_or(one, |(factor, _)| u128::from(factor.0));
        let changes = rules.iter().flat_map(|(_, window)| [window.from, window.to]);
        let next = changes.filter(|change| *change > time).min();
        // Work of 1 ns takes factor/1000 ns.
        let needed = (left * factor).div_ceil(one * one * one);
        let room = next.map(|next| u128::from((next - time).as_nanos()));
        match (next, room) {
            (Some(next), Some(room)) if needed > room => {
                left -= (room * one * one * one / factor).min(left);
                time = next;
            }
            _ => return time.checked_add(Span::from_nanos(u64::try_from(needed).ok()?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> VirtualTime {
        VirtualTime::from_nanos(secs * 1_000_000_000)
    }

    fn check(begin: u64, secs: u64, rules: &[(f64, u64, u64)], end: &str) {
        let rule = |(factor, from, to): &(f64, u64, u64)| {
            (Factor::new(*factor), Window::new(at(*from)..at(*to)))
        };
        let rules: Vec<_> = rules.iter().map(rule).collect();
        let found = end_of_work(at(begin), Span::from_secs(secs), &rules).expect("it ends");
        assert_eq!(found, end.parse().expect("a time"), "{secs} s from {begin}: {rules:?}");
    }

    #[test]
    fn work_is_slower_while_the_rule_applies_only() {
        let rules = [(2.5, 10, 20)];
        check(0, 5, &rules, "5s");
        check(10, 4, &rules, "20s");
        check(10, 5, &rules, "21s");
        check(8, 4, &rules, "15s");
        check(20, 4, &rules, "24s");
        check(0, 30, &rules, "36s");
        // If two rules apply, the last one counts.
        check(0, 30, &[(2.5, 10, 20), (10.0, 10, 20)], "39s");
        check(0, 10, &[(2.0, 0, 100), (4.0, 4, 8)], "22s");
        check(0, 0, &[(2.0, 0, 100)], "0s");
    }

    #[test]
    fn thirds_of_a_nanosecond_are_not_lost_on_the_way() {
        // 7 ns of work: 10 ns at a third of the speed do 3⅓ ns; the rest takes 3⅔ ns.
        let window = Window::new(VirtualTime::ZERO..VirtualTime::from_nanos(10));
        let rules = [(Factor::new(3.0), window)];
        let end = end_of_work(VirtualTime::ZERO, Span::from_nanos(7), &rules);
        assert_eq!(end, Some(VirtualTime::from_nanos(14)));
    }

    #[test]
    fn work_can_end_past_the_end_of_time() {
        let window = Window::new(VirtualTime::ZERO..VirtualTime::MAX);
        let rules = [(Factor::new(1e6), window)];
        assert_eq!(end_of_work(VirtualTime::ZERO, Span::MAX, &rules), None);
    }
}
