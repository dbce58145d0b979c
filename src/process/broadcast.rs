//! One message to many.

use crate::actor::{ActorRef, Message};
use crate::handler::each;
use crate::process::interface::Process;
use std::panic::Location;

impl<M: Message> Process<M> {
    /// Sends a message to each of several actors, in their order, like
    /// [`Context::broadcast`](crate::Context::broadcast).
    #[track_caller]
    pub fn broadcast<N: Message + Clone>(&self, to: &[ActorRef<N>], message: N) {
        let place = Location::caller();
        each(to, message, |to, message| self.send_from(place, to, message));
    }
}
