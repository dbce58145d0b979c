//! Watches: actors that asked for notices of deaths.

use crate::actor::{ActorId, DeathCause, DeathNotice, Family, Message};
use crate::features::{Features, Kernel, Tell, Watcher};
use crate::kernel::Hooks;
use crate::store::Op;
use crate::tie::Thing;
use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;

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

pub(crate) struct Wrap<F, M>(pub(crate) F, pub(crate) PhantomData<fn() -> M>);

impl<F: Fn(DeathNotice) -> M + 'static, M: Message> Tell<Kernel> for Wrap<F, M> {
    fn function(&self) -> &'static str {
        type_name::<F>()
    }

    fn tell(&self, kernel: &mut Kernel, watcher: ActorId, notice: DeathNotice) {
        let from = notice.who;
        let due = kernel.news_arrival(from, watcher);
        kernel.post(due, from, watcher, Op::OWN, (self.0)(notice));
    }
}

impl Kernel {
    pub(crate) fn watch<M: Message>(
        &mut self,
        watcher: ActorId,
        watched: ActorId,
        wrap: impl Fn(DeathNotice) -> M + 'static,
    ) -> Watch {
        self.ties.marks.uses(Thing::Watches);
        self.ties.marks.sees(Thing::Lives);
        // Another actor may soon have the place of a dead actor.
        self.ties.marks.sees(Thing::Names);
        let number = self.features.watches.made;
        self.features.watches.made += 1;
        let tell = Wrap(wrap, PhantomData);
        if self.entities.is_alive(watched) {
            self.features
                .watches
                .by_watched
                .insert((watched, number), Watcher { id: watcher, tell: Box::new(tell) });
            self.features.watches.by_watcher.insert((watcher, number, watched));
        } else {
            let notice = DeathNotice {
                who: watched,
                path: self.entities.path(watched).to_string(),
                cause: Features::cause_of_death(self, watched),
                reason: String::new(),
                when: None,
                restarted: false,
            };
            tell.tell(self, watcher, notice);
        }
        Watch { watched, number, family: self.family }
    }

    /// Ends a watch; `false` if it had already ended.
    pub(crate) fn unwatch(&mut self, by: ActorId, watch: Watch) -> bool {
        self.ties.marks.uses(Thing::Watches);
        self.ties.marks.sees(Thing::Lives);
        let Watch { watched, number, family } = watch;
        if !self.owns(family) {
            return false;
        }
        let found = self.features.watches.by_watcher.remove(&(by, number, watched));
        found && self.features.watches.by_watched.remove(&(watched, number)).is_some()
    }

    /// Sets the reason of a death that follows when the handler returns.
    pub(crate) fn set_reason(&mut self, reason: String) {
        self.features.watches.reason = reason;
    }

    /// Sends notices to the watchers of an actor that died, in the order in which their
    /// watches began. Ends the actor's own watches.
    #[inline]
    pub(crate) fn tell_watchers(&mut self, id: ActorId, cause: DeathCause, restarted: bool) {
        if self.features.watches.made > 0 || !self.features.watches.reason.is_empty() {
            self.tell_all(id, cause, restarted);
        }
    }

    #[cold]
    fn tell_all(&mut self, id: ActorId, cause: DeathCause, restarted: bool) {
        self.ties.marks.uses(Thing::Watches);
        let reason = std::mem::take(&mut self.features.watches.reason);
        while let Some(&(watcher, number, watched)) = self
            .features
            .watches
            .by_watcher
            .range((id, 0, ActorId::FIRST)..)
            .next()
            .filter(|w| w.0 == id)
        {
            self.features.watches.by_watcher.remove(&(watcher, number, watched));
            self.features.watches.by_watched.remove(&(watched, number));
        }
        let numbers = self.features.watches.by_watched.range((id, 0)..=(id, u64::MAX));
        for number in numbers.map(|((_, number), _)| *number).collect::<Vec<_>>() {
            // Removed while it is used, because `tell` needs the whole kernel.
            let Some(watcher) = self.features.watches.by_watched.remove(&(id, number)) else {
                continue;
            };
            let notice = DeathNotice {
                who: id,
                path: self.entities.path(id).to_string(),
                cause,
                reason: reason.clone(),
                when: Some(self.now),
                restarted,
            };
            watcher.tell.tell(self, watcher.id, notice);
            if restarted {
                self.features.watches.by_watched.insert((id, number), watcher);
            } else {
                self.features.watches.by_watcher.remove(&(watcher.id, number, id));
            }
        }
    }
}
