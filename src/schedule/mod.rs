//! Values that change over the day, over the week, or once: capacities, rates of arrivals.

mod clock;
mod error;
mod text;

pub use error::ScheduleError;

use crate::time::{Span, VirtualTime};

/// A value that changes at known times, such as how many tills are open.
///
/// It is constant between its steps. It repeats with a period, such as a day, or keeps its last
/// value for ever. A run begins at 0 of the first period: for a weekly schedule that is Monday,
/// 0:00, unless [`beginning_at`](Self::beginning_at) says otherwise. Holidays are
/// [exceptions](Self::except).
///
/// # Examples
/// ```
/// use flagfall::schedule::Schedule;
/// use flagfall::{Span, VirtualTime};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let tills: Schedule<u64> = "daily(0: 0, 8h: 3, 12h30m: 2, 18h: 0)".parse()?;
/// assert_eq!(*tills.at(VirtualTime::from_hours(24 + 9)), 3);
/// let noon = VirtualTime::from_hours(12);
/// assert_eq!(tills.change_after(noon), Some(noon + Span::from_mins(30)));
///
/// let day = |day: u64| VirtualTime::from_hours(24 * day);
/// let tills = tills.except(day(5), day(6), 0)?;
/// assert_eq!(*tills.at(day(5) + Span::from_hours(9)), 0);
/// assert_eq!(tills.change_after(day(4) + Span::from_hours(18)), Some(day(6) + Span::from_hours(8)));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule<T> {
    /// The first step is at 0; each holds up to the next, no two follow each other at one time.
    steps: Vec<(Span, T)>,
    period: Option<Span>,
    /// Where in the period a run begins.
    offset: Span,
    /// In order; they do not overlap.
    exceptions: Vec<(VirtualTime, VirtualTime, T)>,
}

/// What holds at a time.
pub(crate) struct Part<'a, T> {
    pub(crate) value: &'a T,
    /// For how long it has held.
    pub(crate) into: Span,
    /// Up to when it holds; for ever if there is none.
    pub(crate) until: Option<VirtualTime>,
}

const DAY: Span = Span::from_hours(24);
const WEEK: Span = Span::from_hours(7 * 24);

impl<T: PartialEq> Schedule<T> {
    /// Always the same value.
    pub fn always(value: T) -> Self {
        Self {
            steps: vec![(Span::ZERO, value)],
            period: None,
            offset: Span::ZERO,
            exceptions: vec![],
        }
    }

    /// Values from the given times of the run on; the last one holds for ever.
    ///
    /// # Errors
    /// There are none, the first is not at 0, or one is not later than the one before.
    pub fn once(steps: Vec<(Span, T)>) -> Result<Self, ScheduleError> {
        Self::new(steps, None)
    }

    /// Values from the given times of each period on.
    ///
    /// # Errors
    /// As [`once`](Self::once), or a time is not within the period.
    pub fn repeating(period: Span, steps: Vec<(Span, T)>) -> Result<Self, ScheduleError> {
        Self::new(steps, Some(period))
    }

    /// Values from the given times of each day on.
    ///
    /// # Errors
    /// As [`repeating`](Self::repeating).
    pub fn daily(steps: Vec<(Span, T)>) -> Result<Self, ScheduleError> {
        Self::new(steps, Some(DAY))
    }

    /// Values from the given times of each week on; it begins on Monday.
    ///
    /// # Errors
    /// As [`repeating`](Self::repeating).
    pub fn weekly(steps: Vec<(Span, T)>) -> Result<Self, ScheduleError> {
        Self::new(steps, Some(WEEK))
    }

    fn new(steps: Vec<(Span, T)>, period: Option<Span>) -> Result<Self, ScheduleError> {
        let first = steps.first().ok_or(ScheduleError::Empty)?.0;
        if !first.is_zero() {
            return Err(ScheduleError::First { at: first });
        }
        for pair in steps.windows(2) {
            if pair[1].0 <= pair[0].0 {
                return Err(ScheduleError::Order { before: pair[0].0, at: pair[1].0 });
            }
        }
        if let Some(period) = period {
            let last = steps[steps.len() - 1].0;
            if last >= period {
                return Err(ScheduleError::BeyondPeriod { at: last, period });
            }
        }
        Ok(Self { steps, period, offset: Span::ZERO, exceptions: vec![] })
    }

    /// The same for a run that begins at that time of the period: `8h` for one that begins when the
    /// shop opens.
    ///
    /// # Errors
    /// There is no period, or the time is not within it, or there are exceptions already.
    pub fn beginning_at(self, offset: Span) -> Result<Self, ScheduleError> {
        if !self.exceptions.is_empty() {
            return Err(ScheduleError::ExceptionsFirst);
        }
        match self.period {
            None => Err(ScheduleError::NoPeriod),
            Some(period) if offset >= period => {
                Err(ScheduleError::BeyondPeriod { at: offset, period })
            }
            Some(_) => Ok(Self { offset, ..self }),
        }
    }

    /// Another value from `from` up to `until`, such as on a holiday; both are times of the run.
    ///
    /// # Errors
    /// `until` is not after `from`, or another exception is at the same time.
    pub fn except(
        mut self,
        from: VirtualTime,
        until: VirtualTime,
        value: T,
    ) -> Result<Self, ScheduleError> {
        if until <= from {
            return Err(ScheduleError::EmptyException { from, until });
        }
        let place = self.exceptions.partition_point(|exception| exception.0 < from);
        let before = place.checked_sub(1).map(|before| self.exceptions[before].1);
        let after = self.exceptions.get(place).map(|exception| exception.0);
        if before.is_some_and(|end| end > from) || after.is_some_and(|begin| begin < until) {
            return Err(ScheduleError::TwoExceptions { from, until });
        }
        self.exceptions.insert(place, (from, until, value));
        Ok(self)
    }

    /// The value at a time.
    ///
    /// # Cost
    /// The logarithm of the number of steps and exceptions.
    pub fn at(&self, time: VirtualTime) -> &T {
        self.part(time).value
    }

    /// The first time after `time` at which the value is another one; none if it never is.
    ///
    /// # Cost
    /// As [`at`](Self::at), for each step or exception that changes nothing.
    pub fn change_after(&self, time: VirtualTime) -> Option<VirtualTime> {
        let value = self.at(time);
        self.first_after(time, |next| next != value)
    }

    /// The first step or exception after `time` with such a value; none if there never is one.
    ///
    /// # Cost
    /// As [`at`](Self::at), for each step or exception that is passed; not more than those of a
    /// period without exceptions before each exception.
    pub fn first_after(
        &self,
        time: VirtualTime,
        wanted: impl Fn(&T) -> bool,
    ) -> Option<VirtualTime> {
        let mut until = self.part(time).until;
        // How many steps without an exception were not wanted, one after the other.
        let mut steps = 0;
        loop {
            let at = until?;
            let next = self.part(at);
            if wanted(next.value) {
                return Some(at);
            }
            let exception = self.exception_after(at);
            steps = if exception == Some(at) { 0 } else { steps + 1 };
            // After a whole period, only an exception can have one.
            until = if steps > self.steps.len() { exception } else { next.until };
        }
    }

    /// The step or the exception at a time.
    pub(crate) fn part(&self, time: VirtualTime) -> Part<'_, T> {
        let next = self.exceptions.partition_point(|exception| exception.1 <= time);
        let next = self.exceptions.get(next);
        if let Some((from, until, value)) = next.filter(|exception| exception.0 <= time) {
            return Part { value, into: time - *from, until: Some(*until) };
        }
        let usual = self.usual(time);
        let begin = next.map(|exception| exception.0);
        // None is later than all.
        let until = usual.until.into_iter().chain(begin).min();
        Part { until, ..usual }
    }

    /// Without exceptions.
    fn usual(&self, time: VirtualTime) -> Part<'_, T> {
        let since = time - VirtualTime::ZERO;
        let of_period = match self.period {
            None => since,
            Some(period) => {
                let (since, period) = (since.as_nanos(), period.as_nanos());
                let offset = self.offset.as_nanos();
                // By 128 bits, at many times the cost, only if the sum is past the largest span.
                Span::from_nanos(since.checked_add(offset).map_or_else(
                    || ((u128::from(since) + u128::from(offset)) % u128::from(period)) as u64,
                    |sum| sum % period,
                ))
            }
        };
        let place = self.steps.partition_point(|step| step.0 <= of_period) - 1;
        let (begin, value) = &self.steps[place];
        let end = self.steps.get(place + 1).map(|step| step.0).or(self.period);
        let until = end.and_then(|end| time.checked_add(end - of_period));
        Part { value, into: of_period - *begin, until }
    }

    /// The beginning of the first exception that ends after `time`.
    pub(crate) fn exception_after(&self, time: VirtualTime) -> Option<VirtualTime> {
        let next = self.exceptions.partition_point(|exception| exception.1 <= time);
        self.exceptions.get(next).map(|exception| exception.0.max(time))
    }

    /// All values, those of exceptions as well.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        let steps = self.steps.iter().map(|step| &step.1);
        steps.chain(self.exceptions.iter().map(|exception| &exception.2))
    }

    /// The same with other values, made of the time of each step in the period, and of its value.
    /// For exceptions, there is no such time.
    pub(crate) fn map<U>(&self, of: impl Fn(Option<Span>, &T) -> U) -> Schedule<U> {
        Schedule {
            steps: self.steps.iter().map(|(at, value)| (*at, of(Some(*at), value))).collect(),
            period: self.period,
            offset: self.offset,
            exceptions: (self.exceptions.iter())
                .map(|(from, until, value)| (*from, *until, of(None, value)))
                .collect(),
        }
    }

    /// The steps, each from a time of the period on.
    #[must_use]
    pub fn steps(&self) -> &[(Span, T)] {
        &self.steps
    }

    /// After how long the steps repeat, if they do.
    #[must_use]
    pub fn period(&self) -> Option<Span> {
        self.period
    }
}
