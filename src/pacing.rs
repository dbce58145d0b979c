//! Runs that keep step with real time: the only room of the library with a
//! wall clock.
//!
//! What happens in a run does not depend on it. It only takes longer: see
//! [`Simulation::pace`](crate::Simulation::pace).

use crate::simulation::Pacer;
use crate::time::VirtualTime;
use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

/// By how much a clock may move late and still be on time, unless said
/// otherwise: what a sleeping thread may oversleep on a busy machine, and less
/// than anybody sees.
pub const DEFAULT_TOLERANCE: Duration = Duration::from_millis(10);

/// Lets virtual time pass `factor` times as fast as a clock: 1 is real time,
/// 10 ten times as fast.
///
/// The clock is read when the run first begins, and every instant has its
/// place after that: what comes late does not put off what follows, a run that
/// fell behind catches up, and nothing is left out. Time that passes between
/// two calls of [`run_until`](crate::Simulation::run_until) counts. How far
/// behind the run was is told by [`lag`](Self::lag), which stays readable in
/// an `Rc<RefCell<_>>`.
///
/// # Examples
/// ```
/// use flagfall::pacing::RealTime;
/// use flagfall::{Config, Simulation, Span};
/// use std::cell::RefCell;
/// use std::rc::Rc;
///
/// let mut simulation = Simulation::new(Config::new(42));
/// simulation.process("lamp", async |p| {
///     for _ in 0..3 {
///         p.sleep(Span::from_secs(1)).await;
///     }
/// });
/// let pace = Rc::new(RefCell::new(RealTime::new(1_000.0)?));
/// simulation.pace(Rc::clone(&pace));
/// simulation.run()?;
/// let lag = pace.borrow().lag();
/// assert_eq!(lag.moves, 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RealTime<C = WallClock> {
    clock: C,
    factor: f64,
    tolerance: Duration,
    /// Where the run's clock stood when this one was first read, and what it
    /// said.
    began: Option<(VirtualTime, Duration)>,
    /// Where the run's clock stands.
    reached: VirtualTime,
    lag: Lag,
}

impl RealTime {
    /// A pace by the wall clock, which reads the system's monotonic clock and
    /// puts the thread to sleep.
    ///
    /// # Errors
    /// [`FactorError`] unless the factor is finite and above zero.
    pub fn new(factor: f64) -> Result<Self, FactorError> {
        Self::with_clock(factor, WallClock::default())
    }
}

impl<C: Clock> RealTime<C> {
    /// A pace by a clock of one's own, such as one for tests.
    ///
    /// # Errors
    /// [`FactorError`] unless the factor is finite and above zero.
    ///
    /// # Examples
    /// ```
    /// use flagfall::Pacer;
    /// use flagfall::VirtualTime;
    /// use flagfall::pacing::{Clock, RealTime};
    /// use std::time::Duration;
    ///
    /// /// Sleeps in no time.
    /// #[derive(Debug, Default)]
    /// struct Dream(Duration);
    /// impl Clock for Dream {
    ///     fn now(&mut self) -> Duration {
    ///         self.0
    ///     }
    ///     fn sleep(&mut self, span: Duration) {
    ///         self.0 += span;
    ///     }
    /// }
    ///
    /// let mut pace = RealTime::with_clock(10.0, Dream::default())?;
    /// pace.wait_until(VirtualTime::ZERO);
    /// pace.wait_until("1min".parse()?);
    /// assert_eq!(pace.clock().0, Duration::from_secs(6));
    /// assert!(RealTime::with_clock(0.0, Dream::default()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_clock(factor: f64, clock: C) -> Result<Self, FactorError> {
        if !(factor.is_finite() && factor > 0.0) {
            return Err(FactorError { factor });
        }
        let (began, reached, lag) = (None, VirtualTime::ZERO, Lag::default());
        Ok(Self { clock, factor, tolerance: DEFAULT_TOLERANCE, began, reached, lag })
    }

    /// Sets by how much the clock may move late without being counted;
    /// [`DEFAULT_TOLERANCE`] unless set.
    #[must_use]
    pub fn tolerance(self, tolerance: Duration) -> Self {
        Self { tolerance, ..self }
    }

    /// How far the run has been behind so far.
    #[must_use]
    pub fn lag(&self) -> Lag {
        self.lag
    }

    /// The clock that the pace is kept by.
    #[must_use]
    pub fn clock(&self) -> &C {
        &self.clock
    }
}

impl<C: Clock> Pacer for RealTime<C> {
    fn wait_until(&mut self, time: VirtualTime) {
        let clock = &mut self.clock;
        let (start, began) = *self.began.get_or_insert_with(|| (time, clock.now()));
        self.reached = self.reached.max(start);
        // A run that goes on where it stood is not late for that.
        if time <= self.reached {
            return;
        }
        self.reached = time;
        // The cast saturates, at 584 years.
        let nanos = ((time - start).as_nanos() as f64 / self.factor).round() as u64;
        let due = began.saturating_add(Duration::from_nanos(nanos));
        let now = self.clock.now();
        let woken = if now < due {
            self.clock.sleep(due - now);
            self.clock.now()
        } else {
            now
        };
        self.lag.note(woken.saturating_sub(due), self.tolerance);
    }
}

/// How far a run was behind the clock that it should keep step with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lag {
    /// How often the clock of the run has moved.
    pub moves: u64,
    /// How many of these moves were later than the tolerance.
    pub late: u64,
    /// By how much the latest of them was late, within the tolerance or not.
    pub worst: Duration,
}

impl Lag {
    fn note(&mut self, behind: Duration, tolerance: Duration) {
        self.moves += 1;
        self.late += u64::from(behind > tolerance);
        self.worst = self.worst.max(behind);
    }
}

/// A clock to keep step with.
pub trait Clock {
    /// How long ago some moment is that does not change; never less than
    /// before.
    fn now(&mut self) -> Duration;

    /// Returns when `span` has passed, or later.
    fn sleep(&mut self, span: Duration);
}

/// The clock on the wall: the system's monotonic clock.
///
/// # Examples
/// ```
/// use flagfall::pacing::{Clock, WallClock};
/// use std::time::Duration;
///
/// let mut clock = WallClock::default();
/// let before = clock.now();
/// clock.sleep(Duration::from_millis(1));
/// assert!(clock.now() - before >= Duration::from_millis(1));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct WallClock {
    start: Instant,
}

impl Default for WallClock {
    /// A clock that starts at zero, now.
    fn default() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for WallClock {
    fn now(&mut self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&mut self, span: Duration) {
        thread::sleep(span);
    }
}

/// No pace: the factor is zero, negative, infinite or not a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FactorError {
    /// What was given.
    pub factor: f64,
}

impl fmt::Display for FactorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a pace: give a finite factor above 0, \
             such as 1 (real time) or 10 (ten times as fast)",
            self.factor,
        )
    }
}

impl std::error::Error for FactorError {}
