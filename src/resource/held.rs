//! Units of a resource that are held, by processes, actors, messages, or any other owner of the
//! value.

use crate::actor::{ActorId, Message};
use crate::digest::Digest;
use crate::features::{Kernel, Return, Returns};
use crate::line::Ticket;
use std::fmt;
use std::rc::Rc;

/// Units of a resource. The owner of this value has the units. The value may be kept in an actor's
/// state, sent in a message, put into a [`Store`](super::Store), or returned by a process. It does
/// not matter whether the process or actor that claimed the units has ended.
///
/// Keep it under a name: `let _unit = resource.acquire(&p).await;` holds to the end of the block,
/// but `let _ = ...` gives back at once. A run cannot detect this mistake; the lint
/// `let_underscore_drop` can. Every model should turn it on, by `#![warn(let_underscore_drop)]` at
/// the top or `let_underscore_drop = "warn"` under `[lints.rust]` in its `Cargo.toml`:
/// ```compile_fail
/// #![deny(let_underscore_drop)]
/// # use flagfall::{Process, Resource, Span};
/// async fn customer(p: Process, till: Resource) {
///     let _ = till.acquire(&p).await; // error: the unit is dropped here
///     p.sleep(Span::from_secs(60)).await;
/// }
/// ```
/// [`Resource::serve`](super::Resource::serve) acquires, works and gives back in one call, and
/// returns no value to keep.
///
/// The units go back when the value is dropped, wherever that is. In a process they go back at
/// once. In an actor's handler they go back right after the current event. So do units in a message
/// or a state that the engine drops (of an actor that dies or is restarted, to a dead receiver,
/// lost by a link). [`Resource::release`](super::Resource::release) gives back at once in a
/// handler, too.
///
/// A death cancels no message that is scheduled. Units may be in a message that was sent, or that
/// an actor has scheduled or set a timer for. They go back when that message is due and its
/// receiver is dead or, for a message to itself, was restarted. To give units back at the death,
/// an actor keeps them in its state, or continues with them after a [`hold`](crate::Context::hold).
///
/// # Examples
/// A porter hands the trolley on to an actor, and ends:
/// ```
/// use flagfall::resource::Held;
/// use flagfall::{Actor, Config, Context, Message, Process, Resource, Simulation, Span};
///
/// #[derive(Debug, Message)]
/// enum ToCart { Take(Held), Back }
/// struct Cart { trolley: Option<Held> }
/// impl Actor for Cart {
///     type Message = ToCart;
///     fn handle(&mut self, message: ToCart, context: &mut Context<'_, ToCart>) {
///         match message {
///             ToCart::Take(trolley) => {
///                 self.trolley = Some(trolley);
///                 context.schedule(Span::from_secs(20), ToCart::Back);
///             }
///             ToCart::Back => self.trolley = None, // dropped: it goes back
///         }
///     }
/// }
///
/// let mut simulation = Simulation::new(Config::new(42));
/// let trolleys = Resource::new(&mut simulation, "trolleys", 1);
/// let cart = simulation.spawn("cart", Cart { trolley: None });
/// simulation.process("porter", async move |p| {
///     let trolley = trolleys.acquire(&p).await;
///     p.send(&cart, ToCart::Take(trolley));
/// });
/// let next = simulation.process("next", async move |p| {
///     p.pass().await;
///     let _trolley = trolleys.acquire(&p).await;
///     p.now().to_string()
/// });
/// simulation.run()?;
/// assert_eq!(next.result().as_deref(), Some("20s"));
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
/// Nothing can be given back twice:
/// ```compile_fail
/// # use flagfall::{Context, Resource, resource::Held};
/// # fn handler(pump: Resource, held: Held, context: &mut Context<'_, u64>) {
/// pump.release(context, held);
/// pump.release(context, held); // error: use of moved value
/// # }
/// ```
/// or held twice:
/// ```compile_fail
/// # use flagfall::resource::Held;
/// # fn copy(held: &Held) -> Held {
/// held.clone() // error: no method named `clone`
/// # }
/// ```
#[must_use = "units go back when this is dropped, and `let _ = ...` drops at once: write \
              `let _unit = ...`, which keeps them to the end of the block, or `serve`, which \
              acquires, works and gives back"]
pub struct Held {
    /// `OUTSIDE` once it was given back.
    pub(super) resource: ActorId,
    pub(super) ticket: Ticket,
    returns: Rc<Returns>,
}

impl Held {
    pub(crate) fn new(returns: &Rc<Returns>, resource: ActorId, ticket: Ticket) -> Self {
        Self { resource, ticket, returns: Rc::clone(returns) }
    }

    /// Gives the units back; the same as dropping the value.
    pub fn release(self) {}

    /// Consumes the value without giving the units back; `None` if it is of another resource or
    /// simulation.
    pub(crate) fn use_up(mut self, kernel: &Kernel, resource: ActorId) -> Option<Ticket> {
        if self.resource != resource || !self.is_of(kernel) {
            return None;
        }
        self.resource = ActorId::OUTSIDE;
        Some(self.ticket)
    }

    pub(super) fn is_of(&self, kernel: &Kernel) -> bool {
        Rc::ptr_eq(&self.returns, &kernel.returns)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.resource != ActorId::OUTSIDE {
            self.returns.give(Return::Held { of: self.resource, ticket: self.ticket });
        }
    }
}

impl Message for Held {
    fn digest(&self, digest: &mut Digest) {
        self.resource.digest(digest);
        digest.write_u64(self.ticket.place);
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("ticket", &self.ticket.place).finish_non_exhaustive()
    }
}
