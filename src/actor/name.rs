//! The name and start of a new actor.

use crate::time::Span;
use std::borrow::Cow;

/// The name and start of a new actor.
///
/// Text, or text and a number, is enough in most places: `context.spawn("dispatcher", ...)`,
/// `context.spawn(("taxi", 7), ...)`. An actor's path is its owner's path, a slash and its name
/// (`driver/dispatcher/taxi[7]`). Living siblings must have different names, because the path also
/// names the actor's random streams.
///
/// # Examples
/// ```
/// use flagfall::{Span, SpawnOptions};
///
/// let spawn = SpawnOptions::named("simulation").startup(Span::from_millis(365));
/// assert_eq!(spawn.to_string(), "simulation");
/// assert_eq!(SpawnOptions::from(("taxi", 7)).to_string(), "taxi[7]");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpawnOptions {
    pub(crate) label: Cow<'static, str>,
    pub(crate) ordinal: Option<u32>,
    /// The owner numbers it; `ordinal` is not given then.
    pub(crate) counted: bool,
    pub(crate) startup: Span,
}

impl SpawnOptions {
    /// An actor of that name that starts at once.
    pub fn named(label: impl Into<Cow<'static, str>>) -> Self {
        Self { label: label.into(), ordinal: None, counted: false, startup: Span::ZERO }
    }

    /// Adds a number to the name: `taxi[7]`. This is cheaper than a formatted name for
    /// each of many actors, because they share the text.
    #[must_use]
    pub fn numbered(self, ordinal: u32) -> Self {
        Self { ordinal: Some(ordinal), counted: false, ..self }
    }

    /// A name with the next number: an owner's children of that text are `customer[0]`,
    /// `customer[1]` and so on, in the order in which they are spawned. A number is given once,
    /// also after its actor has died. `()` is short for `SpawnOptions::counted("unnamed")`.
    ///
    /// Names give random streams, so a model that spawns one actor more draws other numbers in
    /// those that come after it; a name that the model gives itself keeps them apart.
    ///
    /// # Examples
    /// ```
    /// use flagfall::prelude::*;
    /// use flagfall::SpawnOptions;
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let customer = async |p: Process| p.sleep(Span::from_secs(60)).await;
    /// let first = simulation.process(SpawnOptions::counted("customer"), customer);
    /// let second = simulation.process(SpawnOptions::counted("customer"), customer);
    /// let other = simulation.process((), customer);
    /// let path = |process: &ProcessRef<(), ()>| simulation.path(process.id());
    /// assert_eq!([path(&first), path(&second)], ["customer[0]", "customer[1]"]);
    /// assert_eq!(path(&other), "unnamed[0]");
    /// # simulation.run()?;
    /// # Ok::<(), SimulationError>(())
    /// ```
    pub fn counted(label: impl Into<Cow<'static, str>>) -> Self {
        Self { counted: true, ..Self::named(label) }
    }

    /// Delays the start of the actor by that span, as for an operating system's process
    /// that is launched. Until then, messages wait in its mailbox.
    #[must_use]
    pub fn startup(self, startup: Span) -> Self {
        Self { startup, ..self }
    }
}

/// Whether paths with that text stay unambiguous: it has no slash, and no number in brackets at its
/// end.
pub(crate) fn is_plain(text: &str) -> bool {
    let numbered = text.strip_suffix(']').and_then(|text| text.rsplit_once('['));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !text.contains('/') && !numbered.is_some_and(|(_, number)| digits(number))
}

impl std::fmt::Display for SpawnOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.ordinal {
            Some(ordinal) => write!(f, "{}[{ordinal}]", self.label),
            None if self.counted => write!(f, "{}[next]", self.label),
            None => f.write_str(&self.label),
        }
    }
}

impl From<&'static str> for SpawnOptions {
    fn from(label: &'static str) -> Self {
        Self::named(label)
    }
}

impl From<()> for SpawnOptions {
    fn from((): ()) -> Self {
        Self::counted("unnamed")
    }
}

impl From<String> for SpawnOptions {
    fn from(label: String) -> Self {
        Self::named(label)
    }
}

impl<L: Into<Cow<'static, str>>> From<(L, u32)> for SpawnOptions {
    fn from((label, ordinal): (L, u32)) -> Self {
        Self::named(label).numbered(ordinal)
    }
}
