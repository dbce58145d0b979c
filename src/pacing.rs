//! Runs at the speed of real time. Only this module of the library uses a wall clock.
//!
//! The events of a run do not depend on its pace. The run only takes longer: see
//! [`Simulation::pace`](crate::Simulation::pace).

use crate::simulation::Pacer;
use crate::time::VirtualTime;
use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

/// The default tolerance: how late the clock of the run may move and still be on time. A
/// sleeping thread may wake so late on a busy machine, and people do not notice it.
pub const DEFAULT_TOLERANCE: Duration = Duration::from_millis(10);

/// Lets virtual time pass `factor` times as fast as a clock: 1 is real time, 10 is ten times
/// as fast.
///
/// The clock is read when the run first begins, and this fixes the real time of every later
/// instant. A late event does not delay later ones, a late run catches up, and no event is
/// left out. Real time between two calls of [`run_until`](crate::Simulation::run_until)
/// counts. [`lag`](Self::lag) says how late the run was. To read it after the run, keep the
/// pace in an `Rc<RefCell<_>>`.
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
    /// The virtual time and the clock's time when the clock was first read.
    began: Option<(VirtualTime, Duration)>,
    reached: VirtualTime,
    lag: Lag,
}

impl RealTime {
    /// A pace by the wall clock: it reads the system's monotonic clock and lets the thread sleep.
    ///
    /// # Errors
    /// [`FactorError`] unless the factor is finite and above zero.
    pub fn new(factor: f64) -> Result<Self, FactorError> {
        Self::with_clock(factor, WallClock::default())
    }
}

impl<C: Clock> RealTime<C> {
    /// A pace by another clock, such as one for tests.
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

    /// Sets how late the clock of the run may move without counting as late; by default
    /// [`DEFAULT_TOLERANCE`].
    #[must_use]
    pub fn tolerance(self, tolerance: Duration) -> Self {
        Self { tolerance, ..self }
    }

    /// How late the run was so far.
    #[must_use]
    pub fn lag(&self) -> Lag {
        self.lag
    }

    /// The clock of the pace.
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
        // A run that goes on at the same instant is not late.
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

/// How late a run was, compared with its clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lag {
    /// How often the clock of the run has moved.
    pub moves: u64,
    /// How many of these moves were later than the tolerance.
    pub late: u64,
    /// The largest delay of a move, within the tolerance or not.
    pub worst: Duration,
}

impl Lag {
    fn note(&mut self, behind: Duration, tolerance: Duration) {
        self.moves += 1;
        self.late += u64::from(behind > tolerance);
        self.worst = self.worst.max(behind);
    }
}

/// A clock for a pace.
pub trait Clock {
    /// The real time since a fixed moment. It never decreases.
    fn now(&mut self) -> Duration;

    /// Returns when `span` has passed, or later.
    fn sleep(&mut self, span: Duration);
}

/// The system's monotonic clock.
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

/// The factor of a pace is zero, negative, infinite or not a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FactorError {
    /// The factor given.
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
