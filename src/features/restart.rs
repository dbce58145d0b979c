//! When an actor that died is restarted.

use crate::actor::DeathCause;
use crate::time::{Span, VirtualTime};
use std::collections::VecDeque;

/// When a supervised actor that died is restarted, how often, and with which siblings.
///
/// With every policy, an actor is not restarted when it dies because its owner did, or by
/// [`Context::dismiss`](crate::Context::dismiss).
///
/// # Examples
/// ```
/// use flagfall::{Restart, Span};
///
/// // Three times a minute; the fourth failure is the owner's.
/// let worker = Restart::on_failure().at_most(3, Span::from_secs(60));
/// // As Ray's `max_restarts=3`: after the last, it just stays dead.
/// let actor = Restart::always().at_most(3, Span::MAX).or_stay_dead();
/// assert_ne!(worker, actor);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Restart {
    after: After,
    bound: Option<(u32, Span)>,
    pub(crate) together: bool,
    pub(crate) escalates: bool,
    /// A panic is a failure, too.
    pub(crate) on_panic: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
enum After {
    Nothing,
    Failure,
    Everything,
}

impl Restart {
    fn after(after: After) -> Self {
        Self { after, bound: None, together: false, escalates: true, on_panic: false }
    }

    /// The actor is never restarted: the factory makes only one state.
    #[must_use]
    pub fn never() -> Self {
        Self::after(After::Nothing)
    }

    /// The actor is restarted after a failure ([`DeathCause::is_failure`]), but not after a kill or
    /// a stop.
    #[must_use]
    pub fn on_failure() -> Self {
        Self::after(After::Failure)
    }

    /// The actor is restarted after every cause of death, kills and [`stop`](crate::Context::stop)
    /// included.
    #[must_use]
    pub fn always() -> Self {
        Self::after(After::Everything)
    }

    /// At most that many restarts in any `span`; without this, restarts have no bound. A restart
    /// counts from the instant of the death until exactly `span` later. With `at_most(1, 60s)`, a
    /// restart at 10 s forbids one at 69.999999999 s and allows one at 70 s.
    ///
    /// If a death would need one restart more, the actor stays dead. Its owner dies of
    /// [`DeathCause::Escalated`] after the link's latency. An owner that is supervised itself may
    /// then be restarted. An actor without an owner just stays dead.
    ///
    /// A `span` of zero limits nothing. Spawning with it ends the run with
    /// [`ErrorKind::EmptyRestartSpan`](crate::ErrorKind::EmptyRestartSpan).
    #[must_use]
    pub fn at_most(self, restarts: u32, span: Span) -> Self {
        Self { bound: Some((restarts, span)), ..self }
    }

    /// The actor and its supervised siblings with this setting are restarted together (all for one;
    /// Erlang's `one_for_all`). Without it, an actor is restarted alone. The siblings die of
    /// [`DeathCause::SiblingRestarted`] after the link's latency, and this counts as a restart
    /// under the bound of each. A sibling that fails before that event arrives is restarted once,
    /// not twice. Actors without an owner are siblings of each other.
    #[must_use]
    pub fn together(self) -> Self {
        Self { together: self.after != After::Nothing, ..self }
    }

    /// If the bound is exceeded, the actor stays dead, and its owner does not die of it.
    #[must_use]
    pub fn or_stay_dead(self) -> Self {
        Self { escalates: false, ..self }
    }

    /// A panic in the actor's handler is a failure of this actor: it dies of
    /// [`DeathCause::Failed`] with the text of the panic as the reason, and what else the policy
    /// says follows. The run goes on, where a panic ends it otherwise.
    ///
    /// What the handler sent before it panicked stays sent. A panic elsewhere still ends the
    /// run: in an observer, a factory, a destructor, or where panics abort. The panic hook
    /// prints its message as always.
    ///
    /// # Examples
    /// ```
    /// use flagfall::prelude::*;
    /// use flagfall::Restart;
    ///
    /// #[derive(Default)]
    /// struct Divider { done: Vec<u64> }
    /// impl Actor for Divider {
    ///     type Message = u64;
    ///     fn handle(&mut self, by: u64, _: &mut Context<'_, u64>) {
    ///         self.done.push(60 / by); // panics when it divides by zero
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let policy = Restart::on_failure().also_on_panic();
    /// let divider = simulation.spawn_supervised("divider", policy, Divider::default);
    /// for by in [3, 0, 5] {
    ///     simulation.send(&divider, by);
    /// }
    /// simulation.run()?;
    /// assert_eq!(simulation[&divider].done, [12]); // of its second life
    /// # Ok::<(), SimulationError>(())
    /// ```
    #[must_use]
    pub fn also_on_panic(self) -> Self {
        Self { on_panic: true, ..self }
    }

    pub(crate) fn is_valid(self) -> bool {
        self.bound.is_none_or(|(_, span)| !span.is_zero())
    }

    pub(crate) fn applies_to(self, cause: DeathCause) -> bool {
        match self.after {
            _ if cause == DeathCause::OwnerDied => false,
            After::Nothing => false,
            After::Failure => cause.is_failure(),
            After::Everything => true,
        }
    }
}

/// The restarts of one actor that still count under its bound.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct History(VecDeque<VirtualTime>);

impl History {
    /// Enters a restart; `false` if the policy forbids one more. Cost: O(1) amortised, and memory
    /// for as many instants as the bound allows.
    pub(crate) fn enter(&mut self, policy: Restart, now: VirtualTime) -> bool {
        let Some((most, span)) = policy.bound else { return true };
        while self.0.front().is_some_and(|first| now - *first >= span) {
            self.0.pop_front();
        }
        let allowed = self.0.len() < most as usize;
        if allowed {
            self.0.push_back(now);
        }
        allowed
    }
}
