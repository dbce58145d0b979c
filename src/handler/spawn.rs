//! Births of actors.

use crate::actor::{ActorId, ActorRef, Spawn};
use crate::features::Core;
use crate::handler::behaviour::Actor;
use crate::handler::class::TypedClass;
use crate::kernel::Newborn;
use crate::store::{NONE, Op};

impl Core {
    /// Spawns an actor; with `first`, a task that begins with that message.
    pub(crate) fn spawn<A: Actor>(
        &mut self,
        owner: Option<ActorId>,
        spawn: &Spawn,
        state: A,
        first: Option<A::Message>,
    ) -> ActorRef<A::Message> {
        let make = |class, pool| Box::new(TypedClass::<A>::new(class, pool)) as _;
        let Some(id) = self.register::<A, A::Message>(owner, spawn, make) else {
            return ActorRef::new(ActorId::OUTSIDE, self.family);
        };
        let task = first.is_some();
        let owner = owner.unwrap_or(ActorId::OUTSIDE);
        let pending = if let Some(first) = first {
            let submitted = self.arrival(owner, id).map_or(self.now, |(time, _)| time);
            let ready = match submitted.checked_add(spawn.startup) {
                Some(time) => Some((time, self.lane(time))),
                None => self.overflow(),
            };
            self.post(ready, owner, id, Op::TASK_READY, first)
        } else if spawn.startup.is_zero() {
            NONE
        } else {
            let ready = self.after(spawn.startup);
            self.schedule_plain(ready, id, Op::RESUME)
        };
        self.newborns.push(Newborn { id, state: Box::new(state), task, pending });
        ActorRef::new(id, self.family)
    }
}
