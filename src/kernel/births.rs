//! Births of actors: classes, registration and streams.

use crate::actor::{ActorId, Life, Message, SpawnOptions};
use crate::error::{ErrorKind, Limit};
use crate::kernel::state::{Class, Hooks, Kernel, Shared};
use crate::random::{Stream, StreamName};
use crate::store::{EventPool, new_pool};
use crate::tie::Thing;
use std::any::TypeId;
use std::cell::RefCell;
use std::rc::Rc;

/// Makes a class with that number and that pool.
pub(crate) type MakeClass<F, M> = fn(u16, Rc<RefCell<EventPool<M>>>) -> Box<dyn Class<F>>;

impl<F: Hooks> Kernel<F> {
    /// The number of the class whose actors have states of type `K`.
    pub(crate) fn class_number<K: 'static>(&self) -> Option<u16> {
        self.class_numbers.get(&TypeId::of::<K>()).copied()
    }

    /// The same, but makes the class if it does not exist; `None` after 65,535 classes.
    fn class_of<K: 'static, M: Message>(&mut self, make: MakeClass<F, M>) -> Option<u16> {
        match self.last_class {
            // Mostly one type after the other is spawned many times.
            Some((last, class)) if last == TypeId::of::<K>() => Some(class),
            _ => self.search_class::<K, M>(make),
        }
    }

    #[inline(never)]
    fn search_class<K: 'static, M: Message>(&mut self, make: MakeClass<F, M>) -> Option<u16> {
        let next = u16::try_from(self.pools.len()).ok().filter(|next| *next != u16::MAX)?;
        let class = *self.class_numbers.entry(TypeId::of::<K>()).or_insert(next);
        if class == next {
            let pool = new_pool::<M>(class);
            self.pools.push(Shared { typed: Rc::clone(&pool) as _, any: Rc::clone(&pool) as _ });
            self.entities.add_class();
            self.new_classes.push(make(class, pool));
        }
        self.last_class = Some((TypeId::of::<K>(), class));
        Some(class)
    }

    /// Registers a new actor; `None` if that fails the run.
    pub(crate) fn register<K: 'static, M: Message>(
        &mut self,
        owner: Option<ActorId>,
        spawn: &SpawnOptions,
        make: MakeClass<F, M>,
    ) -> Option<ActorId> {
        let id = self.enter::<K, M>(owner, spawn, make)?;
        F::born(self, id, false);
        let allowed = self.config.limits.live_actors;
        if self.entities.live > allowed {
            self.limit(Limit::LiveActors, allowed);
        }
        Some(id)
    }

    /// Registers an actor or another named thing.
    pub(crate) fn enter<K: 'static, M: Message>(
        &mut self,
        owner: Option<ActorId>,
        spawn: &SpawnOptions,
        make: MakeClass<F, M>,
    ) -> Option<ActorId> {
        self.ties.marks.uses(Thing::Names);
        self.ties.marks.sees(Thing::Lives);
        let registered = match self.class_of::<K, M>(make) {
            None => Err(ErrorKind::TooManyClasses),
            Some(class) => self.entities.register(class, owner, spawn, self.config.limits.owners),
        };
        let id = match registered {
            Ok(id) => id,
            Err(kind) => {
                self.fail(kind);
                return None;
            }
        };
        if id.generation() > 0 {
            self.ties.marks.uses(Thing::Reuse);
        }
        self.want_attention();
        Some(id)
    }

    /// Fails the run if too many names of dead actors are remembered. Names that nobody uses again
    /// take one entry each, unless they are numbered in order.
    pub(crate) fn check_remembered(&mut self) {
        let allowed = self.config.limits.remembered_names;
        if self.entities.remembered() > allowed {
            self.limit(Limit::RememberedNames, allowed);
        }
    }

    pub(crate) fn stream(&self, actor: ActorId, purpose: &str) -> Stream {
        let Life { lineage, incarnation } = self.entities.life(actor);
        let half = self.config.half();
        let name = StreamName {
            seed: self.config.seed,
            replication: half.replication,
            actor: lineage,
            incarnation,
            purpose,
        };
        self.journal.open(actor, &name).half(half)
    }
}
