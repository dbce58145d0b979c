//! One message to many.

use crate::actor::{ActorRef, Message};
use crate::handler::context::Context;

impl<M: Message> Context<'_, M> {
    /// Sends a message to each of several actors, in their order.
    ///
    /// The message is cloned for all but the last receiver. Put a large payload into an
    /// [`Rc`](std::rc::Rc): its clones share one payload.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, Group, Message, Simulation};
    /// use std::rc::Rc;
    ///
    /// #[derive(Clone)]
    /// #[derive(Debug, Message)]
    /// enum News { Edition(Rc<Vec<u64>>) }
    /// struct Reader { pages: Option<Rc<Vec<u64>>> }
    /// impl Actor for Reader {
    ///     type Message = News;
    ///     fn handle(&mut self, News::Edition(pages): News, _: &mut Context<'_, News>) {
    ///         self.pages = Some(pages);
    ///     }
    /// }
    /// struct Press { readers: Group<News> }
    /// impl Actor for Press {
    ///     type Message = u64;
    ///     fn handle(&mut self, pages: u64, context: &mut Context<'_, u64>) {
    ///         let edition = News::Edition(Rc::new((0..pages).collect()));
    ///         context.broadcast(&self.readers.members(context), edition);
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let readers = Group::new(&mut simulation, "readers");
    /// let all = [0, 1].map(|number| simulation.spawn(("reader", number), Reader { pages: None }));
    /// all.iter().for_each(|reader| readers.add(&mut simulation, reader));
    /// let press = simulation.spawn("press", Press { readers });
    /// simulation.send(&press, 1_000_000);
    /// simulation.run()?;
    /// let [first, second] =
    ///     all.map(|reader| simulation[&reader].pages.clone().unwrap());
    /// assert!(Rc::ptr_eq(&first, &second), "one copy for all");
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn broadcast<N: Message + Clone>(&mut self, to: &[ActorRef<N>], message: N) {
        each(to, message, |to, message| self.send(to, message));
    }
}

/// Calls `send` with clones of the message, and with the message itself for the last receiver.
pub(crate) fn each<N: Clone>(
    to: &[ActorRef<N>],
    message: N,
    mut send: impl FnMut(&ActorRef<N>, N),
) {
    let Some((last, others)) = to.split_last() else { return };
    for to in others {
        send(to, message.clone());
    }
    send(last, message);
}
