//! What a handler can do.

use crate::actor::{ActorId, ActorRef, DeathCause, Message};
use crate::error::ErrorKind;
use crate::event_list::Lane;
use crate::features::Kernel;
use crate::handler::meta::{Busy, Meta};
use crate::kernel::put_message;
use crate::random::Stream;
use crate::store::{EventPool, Op};
use crate::time::{Span, VirtualTime};
use std::any::Any;
use std::cell::RefCell;
use std::fmt;

/// What a handler can use: the clock, other actors, and the actor itself.
///
/// `M` is the actor's own message type. The engine does what a handler asks for while the handler
/// runs or after it. A handler never sees the state of another actor. Mistakes (a name used twice,
/// a second hold) return no error that every model would have to handle. They end the handler and
/// the run with a [`SimulationError`](crate::SimulationError).
pub struct Context<'a, M> {
    pub(crate) kernel: &'a mut Kernel,
    pub(crate) meta: &'a mut Meta,
    /// The pool of the actor's own class.
    pub(super) pool: &'a RefCell<EventPool<M>>,
    pub(crate) id: ActorId,
    /// What the actor dies of when the handler returns.
    pub(crate) ending: Option<DeathCause>,
}

impl<'a, M: Message> Context<'a, M> {
    #[inline]
    pub(crate) fn new(
        kernel: &'a mut Kernel,
        meta: &'a mut Meta,
        pool: &'a RefCell<EventPool<M>>,
        id: ActorId,
    ) -> Self {
        Self { kernel, meta, pool, id, ending: None }
    }

    /// The current virtual time; it does not move while a handler runs.
    #[must_use]
    pub fn now(&self) -> VirtualTime {
        self.kernel.now
    }

    /// The number of the event that the handler handles, from 1, as traces and errors have it.
    ///
    /// It is for messages to people alone. It depends on the order of simultaneous events: two runs
    /// with the same outcome may have other numbers, and a search of these orders takes results
    /// with a number in them for different ones.
    #[must_use]
    pub fn event(&self) -> u64 {
        self.kernel.event
    }

    /// A reference to the actor itself, for example to give it to other actors (Ray's
    /// `get_runtime_context().current_actor`).
    #[must_use]
    pub fn me(&self) -> ActorRef<M> {
        ActorRef::new(self.id, self.kernel.family)
    }

    /// The actor's path, such as `driver/dispatcher`.
    #[must_use]
    pub fn path(&self) -> String {
        self.kernel.entities.path(self.id).to_string()
    }

    /// Opens the actor's random stream for a purpose, at its beginning.
    ///
    /// Keep the stream in the actor's state: a stream that is opened again repeats the same
    /// sequence. Cost: a path lookup; no allocation.
    #[must_use]
    pub fn stream(&self, purpose: &str) -> Stream {
        self.kernel.stream(self.id, purpose)
    }

    // --- messages ----------------------------------------------------------

    /// Sends a message (Ray's `actor.method.remote(...)`). It arrives after the link's latency, and
    /// never before an earlier message from this actor to the same receiver. Only messages that
    /// were sent with a delay of their own may arrive out of order.
    #[inline(always)]
    pub fn send<N: Message>(&mut self, to: &ActorRef<N>, message: N) {
        match self.kernel.plain_arrival_at(to) {
            Some(due) => {
                self.post(Some(due), to.id(), Op::DELIVER, message);
            }
            None => {
                let to = self.kernel.named(to);
                self.kernel.send_by_link(self.id, to, Op::DELIVER, message);
            }
        }
    }

    /// Sends a message that arrives exactly `delay` from now. Links do not change this time.
    #[inline(always)]
    pub fn send_after<N: Message>(&mut self, delay: Span, to: &ActorRef<N>, message: N) {
        let to = self.kernel.named(to);
        let due = self.kernel.after(delay);
        self.post(due, to, Op::DELIVER, message);
    }

    /// Sends a message that arrives at `time`. Links do not change this time. Ends the run if
    /// `time` has passed.
    pub fn send_at<N: Message>(&mut self, time: VirtualTime, to: &ActorRef<N>, message: N) {
        let to = self.kernel.named(to);
        let due = self.kernel.at(time);
        self.post(due, to, Op::DELIVER, message);
    }

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

    /// Sends the actor itself a message that arrives exactly `delay` from now. The actor stays free
    /// and handles other messages meanwhile. If the actor is dead by then, the message is
    /// undeliverable, and its contents are dropped at that time.
    #[inline(always)]
    pub fn schedule(&mut self, delay: Span, message: M) {
        let due = self.kernel.after(delay);
        self.post(due, self.id, Op::OWN, message);
    }

    /// Sends a message, directly into the actor's own pool if the receiver is of the same class.
    #[inline(always)]
    fn post<N: Message>(
        &mut self,
        due: Option<(VirtualTime, Lane)>,
        to: ActorId,
        kind: Op,
        message: N,
    ) -> u32 {
        // Both types are known here, so the compiler decides the downcast.
        let own = (self.pool as &dyn Any).downcast_ref::<RefCell<EventPool<N>>>();
        match (own, due) {
            (Some(pool), Some(due)) if to.class() == self.id.class() => {
                let cell = put_message(pool, self.kernel, self.id, to, kind, message);
                self.kernel.schedule_sent(due, to, cell);
                cell
            }
            _ => self.kernel.post(due, self.id, to, kind, message),
        }
    }

    // --- staying busy ------------------------------------------------------

    /// Keeps the actor busy for `span`, then continues with `then` (the notebook's `time.sleep`
    /// inside a method).
    ///
    /// Messages that arrive meanwhile wait in the mailbox; `then` is handled before them. A handler
    /// may hold once. The handler of `then` may hold again, and the messages go on waiting.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, Message, Simulation, Span};
    ///
    /// #[derive(Debug, Message)]
    /// enum TaxiMessage { TakeRide { secs: u64 }, RideOver }
    ///
    /// #[derive(Default)]
    /// struct Taxi { rides: u32 }
    /// impl Actor for Taxi {
    ///     type Message = TaxiMessage;
    ///     fn handle(&mut self, message: TaxiMessage, context: &mut Context<'_, TaxiMessage>) {
    ///         match message {
    ///             TaxiMessage::TakeRide { secs } => {
    ///                 context.hold(Span::from_secs(secs), TaxiMessage::RideOver);
    ///             }
    ///             TaxiMessage::RideOver => self.rides += 1,
    ///         }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let taxi = simulation.spawn("taxi", Taxi::default());
    /// simulation.send(&taxi, TaxiMessage::TakeRide { secs: 2 });
    /// simulation.send(&taxi, TaxiMessage::TakeRide { secs: 5 }); // waits
    /// simulation.run()?;
    /// assert_eq!(simulation.now().to_string(), "7s");
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[inline(always)]
    pub fn hold(&mut self, span: Span, then: M) {
        if !self.take_turn(Busy::Held) {
            return;
        }
        let span = self.slow(span);
        let due = self.kernel.after(span);
        self.meta.pending = self.post(due, self.id, Op::RESUME, then);
    }

    /// Keeps the actor busy for `span`. Then the actor handles its mailbox again.
    pub fn rest(&mut self, span: Span) {
        if self.take_turn(Busy::Held) {
            let span = self.slow(span);
            let due = self.kernel.after(span);
            self.meta.pending = self.kernel.schedule_plain(due, self.id, Op::RESUME);
        }
    }

    /// Says in the model's words what the actor does until it is resumed, such as `ride 7`: pages
    /// and plots of the run have them on the bar of its next hold.
    ///
    /// They are for people alone: no digest, no trace file and no snapshot has them. The last words
    /// before the hold count. Cost: `words` is only called if the run has an observer; without one,
    /// this is a comparison.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, Config, Context, Record, Simulation, Span};
    /// use std::{cell::RefCell, rc::Rc};
    ///
    /// struct Oven;
    /// impl Actor for Oven {
    ///     type Message = u64;
    ///     fn handle(&mut self, loaves: u64, context: &mut Context<'_, u64>) {
    ///         if loaves > 0 {
    ///             context.activity(|| format!("bakes {loaves} loaves"));
    ///             context.hold(Span::from_secs(1800), 0);
    ///         }
    ///     }
    /// }
    ///
    /// let told = Rc::new(RefCell::new(Vec::new()));
    /// let words = Rc::clone(&told);
    /// let mut simulation = Simulation::new(Config::new(42));
    /// simulation.observe(move |record: &Record<'_>| {
    ///     words.borrow_mut().extend(record.activity.map(str::to_owned));
    /// });
    /// let oven = simulation.spawn("oven", Oven);
    /// simulation.send(&oven, 20);
    /// simulation.run()?;
    /// assert_eq!(*told.borrow(), ["bakes 20 loaves"]);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[inline]
    pub fn activity(&mut self, words: impl FnOnce() -> String) {
        if self.kernel.journal.is_observed() {
            self.kernel.journal.activities.note(self.id, words());
        }
    }

    /// How long a hold takes: a fault plan may make it longer.
    #[inline(always)]
    fn slow(&mut self, span: Span) -> Span {
        if self.kernel.features.links.slows { self.kernel.slow_hold(self.id, span) } else { span }
    }

    /// Marks the actor busy, unless the handler did so before.
    pub(crate) fn take_turn(&mut self, busy: Busy) -> bool {
        if self.meta.busy != Busy::Free {
            self.kernel.fail(ErrorKind::AlreadyBusy);
            return false;
        }
        self.meta.busy = busy;
        true
    }

    // --- life and death ----------------------------------------------------

    /// Kills an actor (Ray's `ray.kill`). The kill arrives after the link's latency, and the actor
    /// dies, whatever it is doing. Everything that it owns dies one hop later. Kills may overtake
    /// messages.
    ///
    /// Messages that wait for the actor become undeliverable, and requests to it fail with a
    /// [`RequestError`](crate::RequestError). A supervised actor may be
    /// [restarted](crate::Restart::always); [`dismiss`](Self::dismiss) ends such an actor for good.
    pub fn kill<N>(&mut self, victim: &ActorRef<N>) {
        let victim = self.kernel.named(victim);
        self.kernel.post_death(self.id, victim, Op::KILL);
    }

    /// Ends this actor when the handler returns. If the same handler calls [`fail`](Self::fail),
    /// the actor fails instead.
    pub fn stop(&mut self) {
        self.ending = self.ending.or(Some(DeathCause::Finished));
    }

    /// Says that this actor may wait for ever, for an answer or for what it has claimed. A run in
    /// which only such actors wait is [`Idle`](crate::Outcome::Idle) and not
    /// [`Stuck`](crate::Outcome::Stuck). It applies until the actor ends for good, restarts
    /// included; see [`Process::background`](crate::Process::background).
    pub fn background(&mut self) {
        self.kernel.features.background.insert(self.id);
    }

    /// Ends the run when the handler returns (the notebook's last line: when the driver ends, Ray
    /// ends with it). No actor dies: all can still be inspected.
    pub fn end_run(&mut self) {
        self.kernel.ended = true;
        self.kernel.want_attention();
    }
}

impl<M> fmt::Debug for Context<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Context of {} at {}", self.kernel.entities.path(self.id), self.kernel.now)
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
