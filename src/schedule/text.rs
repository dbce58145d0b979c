//! Schedules as texts.

use super::clock::Clock;
use super::{DAY, Schedule, ScheduleError, WEEK};
use crate::time::{Span, VirtualTime};
use std::fmt;
use std::str::FromStr;

impl<T: fmt::Display + PartialEq> fmt::Display for Schedule<T> {
    /// As it is read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.period {
            None if self.steps.len() == 1 && self.exceptions.is_empty() => {
                return self.steps[0].1.fmt(f);
            }
            None => f.write_str("once(")?,
            Some(DAY) => f.write_str("daily(")?,
            Some(WEEK) => f.write_str("weekly(")?,
            Some(period) => write!(f, "every({}, ", Clock(period))?,
        }
        for (at, (time, value)) in self.steps.iter().enumerate() {
            write!(f, "{}{}: {value}", if at == 0 { "" } else { ", " }, Clock(*time))?;
        }
        if !self.offset.is_zero() {
            write!(f, ", begin={}", Clock(self.offset))?;
        }
        for (from, until, value) in &self.exceptions {
            let [from, until] = [from, until].map(|time| Clock(*time - VirtualTime::ZERO));
            write!(f, ", {from} to {until}: {value}")?;
        }
        f.write_str(")")
    }
}

impl<T: FromStr + PartialEq> FromStr for Schedule<T>
where
    T::Err: fmt::Display,
{
    type Err = ScheduleError;

    /// Reads `daily(0: 0, 8h: 3, 18h: 0)`, `weekly(0: 1, sat 0: 0)`, `every(6h, 0: 2, 4h: 1)`,
    /// `once(0: 2, 3h: 5)`, or a value alone, which holds always. Days of the week are `mon` to
    /// `sun`. Behind the steps, `begin=8h` says where in the period a run begins, and
    /// `120h to 144h: 0` is an exception, in times of the run.
    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let wrong = |problem: String| ScheduleError::Text { problem };
        let text = text.trim();
        let Some((kind, inside)) = text.split_once('(') else {
            return Ok(Self::always(value(text)?));
        };
        let inside =
            inside.strip_suffix(')').ok_or_else(|| wrong("it has to end with )".into()))?;
        let mut items = inside.split(',').map(str::trim).filter(|item| !item.is_empty());
        let period = match kind.trim() {
            "once" => None,
            "daily" => Some(DAY),
            "weekly" => Some(WEEK),
            "every" => {
                let period = items.next().ok_or_else(|| wrong(example()))?;
                let period = span(period, false)?;
                if period.is_zero() {
                    return Err(wrong("the period is 0: give a longer one".into()));
                }
                Some(period)
            }
            other => {
                return Err(wrong(format!("there is no schedule {other}; {}", example())));
            }
        };
        let (mut steps, mut begin, mut exceptions) = (Vec::new(), None, Vec::new());
        for item in items {
            if let Some(given) = item.strip_prefix("begin=") {
                if begin.replace(span(given, period == Some(WEEK))?).is_some() {
                    return Err(wrong("begin is given twice".into()));
                }
                continue;
            }
            let (at, what) = item
                .rsplit_once(':')
                .ok_or_else(|| wrong(format!("'{item}' has no value: {}", example())))?;
            let what = value(what.trim())?;
            match at.split_once(" to ") {
                Some((from, until)) => {
                    let [from, until] = [from, until].map(|time| span(time, false));
                    exceptions.push((VirtualTime::ZERO + from?, VirtualTime::ZERO + until?, what));
                }
                None => steps.push((span(at, period == Some(WEEK))?, what)),
            }
        }
        let mut made = Self::new(steps, period)?;
        if let Some(begin) = begin {
            made = made.beginning_at(begin)?;
        }
        exceptions
            .into_iter()
            .try_fold(made, |made, (from, until, value)| made.except(from, until, value))
    }
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A time, behind a day of the week if that is allowed.
fn span(text: &str, of_week: bool) -> Result<Span, ScheduleError> {
    let wrong = |problem: String| ScheduleError::Text { problem };
    let text = text.trim();
    let (day, rest) = text.split_once(' ').unwrap_or((text, "0"));
    let day = DAYS.iter().position(|name| *name == day).filter(|_| of_week);
    let rest = if day.is_some() { rest } else { text };
    let span: Span = rest.trim().parse().map_err(|_| {
        wrong(format!("'{text}' is no time such as 8h, 12h30m or, in a week, tue 8h"))
    })?;
    let begin = DAY.checked_mul(day.unwrap_or(0) as u64);
    let sum = begin.and_then(|begin| begin.checked_add(span));
    sum.ok_or_else(|| wrong(format!("{text} is later than a run can last")))
}

fn value<T: FromStr>(text: &str) -> Result<T, ScheduleError>
where
    T::Err: fmt::Display,
{
    text.parse().map_err(|error| ScheduleError::Text { problem: format!("'{text}': {error}") })
}

fn example() -> String {
    "write it as daily(0: 0, 8h: 3, 18h: 0), weekly(...), every(6h, ...) or once(...)".to_owned()
}
