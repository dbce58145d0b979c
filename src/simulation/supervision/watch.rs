//! News of deaths for those who asked for it.

use crate::actor::{ActorId, DeathCause, Family, Message};
use crate::simulation::core::Core;
use crate::simulation::pool::EventKind;
use crate::tie::Thing;
use crate::time::VirtualTime;
use std::any::{Any, type_name};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

/// News that a watched actor has died: what
/// [`Context::watch`](crate::Context::watch) makes a message of.
///
/// It is a [`Message`](trait@crate::actor::Message) itself, so that a variant of a
/// message type can hold it.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[derive(Debug, flagfall_derive::Message)]
pub struct DeathNotice {
    /// The actor.
    pub who: ActorId,
    /// Its path.
    pub path: String,
    /// What it died of.
    pub cause: DeathCause,
    /// What it gave as the reason, if it [failed](crate::Context::fail);
    /// else, and of those that were dead before they were watched, empty.
    pub reason: String,
    /// When it died; `None` if that was before it was watched: of the long
    /// dead only the cause is kept.
    pub when: Option<VirtualTime>,
    /// Whether it is supervised and lives on with a new state. Then it is
    /// still watched.
    pub restarted: bool,
}

/// Names a watch, to end it; see [`Context::unwatch`](crate::Context::unwatch).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "snapshot", derive(serde::Serialize, serde::Deserialize))]
pub struct Watch {
    watched: ActorId,
    number: u64,
    #[cfg_attr(feature = "snapshot", serde(skip))]
    family: Family,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { watched, number, .. } = self;
        f.debug_struct("Watch").field("watched", watched).field("number", number).finish()
    }
}

/// Makes a notice a message of the watcher's type.
///
/// Boxes of plain functions, such as the constructor of an enum variant,
/// allocate nothing.
pub(in crate::simulation) trait Tell: Any {
    fn tell(&self, core: &mut Core, watcher: ActorId, notice: DeathNotice);
    /// The type of the program's function, by name.
    fn function(&self) -> &'static str;
    fn as_any(&self) -> &dyn Any;
}

pub(in crate::simulation) struct Wrap<F, M>(
    pub(in crate::simulation) F,
    pub(in crate::simulation) PhantomData<fn() -> M>,
);

impl<F: Fn(DeathNotice) -> M + 'static, M: Message> Tell for Wrap<F, M> {
    fn function(&self) -> &'static str {
        type_name::<F>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn tell(&self, core: &mut Core, watcher: ActorId, notice: DeathNotice) {
        let from = notice.who;
        let due = core.news_arrival(from, watcher);
        core.post(due, from, watcher, EventKind::Own, (self.0)(notice));
    }
}

pub(super) struct Watcher {
    pub(super) id: ActorId,
    pub(super) tell: Box<dyn Tell>,
}

/// Who watches whom.
#[derive(Default)]
pub(in crate::simulation) struct Watches {
    /// By whom they watch, and in the order they began.
    pub(super) by_watched: BTreeMap<(ActorId, u64), Watcher>,
    pub(super) by_watcher: BTreeSet<(ActorId, u64, ActorId)>,
    pub(super) made: u64,
    /// What the actor that dies now gave as its reason.
    pub(super) reason: String,
}

impl Core {
    pub(in crate::simulation) fn watch<M: Message>(
        &mut self,
        watcher: ActorId,
        watched: ActorId,
        wrap: impl Fn(DeathNotice) -> M + 'static,
    ) -> Watch {
        self.ties.marks.uses(Thing::Watches);
        self.ties.marks.sees(Thing::Lives);
        // The place of a dead actor may be another's soon.
        self.ties.marks.sees(Thing::Names);
        let number = self.watches.made;
        self.watches.made += 1;
        let tell = Wrap(wrap, PhantomData);
        if self.directory.is_alive(watched) {
            self.watches
                .by_watched
                .insert((watched, number), Watcher { id: watcher, tell: Box::new(tell) });
            self.watches.by_watcher.insert((watcher, number, watched));
        } else {
            let notice = DeathNotice {
                who: watched,
                path: self.directory.path(watched).to_string(),
                cause: self.cause_of_death(watched),
                reason: String::new(),
                when: None,
                restarted: false,
            };
            tell.tell(self, watcher, notice);
        }
        Watch { watched, number, family: self.family }
    }

    /// Ends a watch; `false` if it was over.
    pub(in crate::simulation) fn unwatch(&mut self, by: ActorId, watch: Watch) -> bool {
        self.ties.marks.uses(Thing::Watches);
        self.ties.marks.sees(Thing::Lives);
        let Watch { watched, number, family } = watch;
        if !self.owns(family) {
            return false;
        }
        let found = self.watches.by_watcher.remove(&(by, number, watched));
        found && self.watches.by_watched.remove(&(watched, number)).is_some()
    }

    /// Says what the actor dies of when its handler returns.
    pub(in crate::simulation) fn set_reason(&mut self, reason: String) {
        self.watches.reason = reason;
    }

    /// Tells those who watch an actor that it died, in the order they began,
    /// and ends its own watches.
    #[inline]
    pub(in crate::simulation) fn tell_watchers(
        &mut self,
        id: ActorId,
        cause: DeathCause,
        restarted: bool,
    ) {
        if self.watches.made > 0 || !self.watches.reason.is_empty() {
            self.tell_all(id, cause, restarted);
        }
    }

    #[cold]
    fn tell_all(&mut self, id: ActorId, cause: DeathCause, restarted: bool) {
        self.ties.marks.uses(Thing::Watches);
        let reason = std::mem::take(&mut self.watches.reason);
        while let Some(&(watcher, number, watched)) =
            self.watches.by_watcher.range((id, 0, ActorId::FIRST)..).next().filter(|w| w.0 == id)
        {
            self.watches.by_watcher.remove(&(watcher, number, watched));
            self.watches.by_watched.remove(&(watched, number));
        }
        let numbers = self.watches.by_watched.range((id, 0)..=(id, u64::MAX));
        for number in numbers.map(|((_, number), _)| *number).collect::<Vec<_>>() {
            // Taken out while it is used, for nothing else refers to it then.
            let Some(watcher) = self.watches.by_watched.remove(&(id, number)) else { continue };
            let notice = DeathNotice {
                who: id,
                path: self.directory.path(id).to_string(),
                cause,
                reason: reason.clone(),
                when: Some(self.now),
                restarted,
            };
            watcher.tell.tell(self, watcher.id, notice);
            if restarted {
                self.watches.by_watched.insert((id, number), watcher);
            } else {
                self.watches.by_watcher.remove(&(watcher.id, number, id));
            }
        }
    }
}
