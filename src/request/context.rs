//! Requests of actors, and answers.

use crate::actor::{ActorId, ActorRef, Message, ReplyTo, RequestError};
use crate::error::ErrorKind;
use crate::handler::{Busy, Context, Role};
use crate::request::open::Single;
use crate::store::Op;
use crate::time::Span;
use std::marker::PhantomData;

impl<M: Message> Context<'_, M> {
    /// Asks an actor and waits for the answer (Ray's `ray.get(actor.method.remote())`). The asking
    /// actor stays busy until the answer arrives, and then continues with it.
    ///
    /// `ask` makes the message of the request from the [`ReplyTo`]. `then` makes the message to
    /// continue with, from the answer or from the error that the other actor died. Both should only
    /// wrap, as the constructors of enum variants do. They run when the request is made and when it
    /// is answered, not when it arrives. Asking oneself fails the run: the answer would never come.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{
    ///     Actor, ActorRef, Config, Context, Message, ReplyTo, RequestError, Simulation,
    /// };
    ///
    /// struct Till { cash: u64 }
    /// impl Actor for Till {
    ///     type Message = ReplyTo<u64>;
    ///     fn handle(&mut self, reply: ReplyTo<u64>, context: &mut Context<'_, ReplyTo<u64>>) {
    ///         context.reply(reply, self.cash);
    ///     }
    /// }
    ///
    /// #[derive(Debug, Message)]
    /// enum OwnerMessage { CountTill, TillHolds(Result<u64, RequestError>) }
    /// struct Owner { till: ActorRef<ReplyTo<u64>>, counted: u64 }
    /// impl Actor for Owner {
    ///     type Message = OwnerMessage;
    ///     fn handle(&mut self, message: OwnerMessage, context: &mut Context<'_, OwnerMessage>) {
    ///         match message {
    ///             OwnerMessage::CountTill => {
    ///                 context.ask(&self.till, |reply| reply, OwnerMessage::TillHolds);
    ///             }
    ///             OwnerMessage::TillHolds(cash) => self.counted = cash.unwrap_or(0),
    ///         }
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let till = simulation.spawn("till", Till { cash: 7 });
    /// let owner = simulation.spawn("owner", Owner { till: *till, counted: 0 });
    /// simulation.send(&owner, OwnerMessage::CountTill);
    /// simulation.run()?;
    /// assert_eq!(simulation[&owner].counted, 7);
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn ask<N: Message, R: 'static>(
        &mut self,
        to: &ActorRef<N>,
        ask: impl FnOnce(ReplyTo<R>) -> N,
        then: impl FnOnce(Result<R, RequestError>) -> M + 'static,
    ) {
        let to = self.kernel.named(to);
        if to == self.id {
            self.kernel.fail(ErrorKind::WaitsForItself);
        }
        if self.start_waiting() {
            self.open(to, Op::ANSWER, ask, then);
        }
    }

    /// Asks an actor and goes on at once: the answer arrives like any other message.
    pub fn request<N: Message, R: 'static>(
        &mut self,
        to: &ActorRef<N>,
        ask: impl FnOnce(ReplyTo<R>) -> N,
        then: impl FnOnce(Result<R, RequestError>) -> M + 'static,
    ) {
        let to = self.kernel.named(to);
        self.open(to, Op::OWN, ask, then);
    }

    /// Asks several actors and waits for all (Ray's `ray.get([...])`). Continues when the last
    /// answer has arrived, with the answers in the order of `to`.
    pub fn ask_all<N: Message, R: 'static>(
        &mut self,
        to: &[ActorRef<N>],
        mut ask: impl FnMut(ReplyTo<R>) -> N,
        then: impl FnOnce(Vec<Result<R, RequestError>>) -> M + 'static,
    ) {
        if to.is_empty() {
            // There is nothing to wait for: no slot is lent, and nothing travels over a link.
            return self.hold(Span::ZERO, then(Vec::new()));
        }
        let targets = self.targets(to);
        if !self.start_waiting() {
            return;
        }
        let replies = self.kernel.open_gather(self.id, &targets, then);
        for (target, reply) in targets.into_iter().zip(replies) {
            self.post_request(target, reply, &mut ask);
        }
    }

    /// Asks several actors and waits for the first answer to arrive; the other answers are dropped.
    /// If all of them die, the actor continues with the last error. Fails the run if `to` is empty:
    /// the actor would wait for ever.
    ///
    /// `then` may be called more than once: an answer that was given later may arrive first.
    ///
    /// # Examples
    /// Two servers, of which the nearer answers first:
    /// ```
    /// use flagfall::{
    ///     Actor, ActorRef, Config, Context, Latency, Message, ReplyTo, RequestError, Simulation,
    ///     Span,
    /// };
    ///
    /// struct Server(&'static str);
    /// impl Actor for Server {
    ///     type Message = ReplyTo<&'static str>;
    ///     fn handle(&mut self, reply: Self::Message, context: &mut Context<'_, Self::Message>) {
    ///         context.reply(reply, self.0);
    ///     }
    /// }
    ///
    /// #[derive(Debug, Message)]
    /// enum ClientMessage { Begin, First(Result<&'static str, RequestError>) }
    /// struct Client { servers: Vec<ActorRef<ReplyTo<&'static str>>>, answer: &'static str }
    /// impl Actor for Client {
    ///     type Message = ClientMessage;
    ///     fn handle(&mut self, message: ClientMessage, context: &mut Context<'_, ClientMessage>) {
    ///         match message {
    ///             ClientMessage::Begin => {
    ///                 context.ask_first(&self.servers, |reply| reply, ClientMessage::First);
    ///             }
    ///             ClientMessage::First(answer) => self.answer = answer.unwrap_or("none"),
    ///         }
    ///     }
    /// }
    ///
    /// let far = Latency::Fixed(Span::from_millis(80));
    /// let near = Latency::Fixed(Span::from_millis(5));
    /// let mut simulation = Simulation::new(Config::new(42).latency(near).link("client", "far", far));
    /// let servers = ["far", "near"].map(|name| *simulation.spawn(name, Server(name)));
    /// let client = simulation.spawn("client", Client { servers: servers.to_vec(), answer: "" });
    /// simulation.send(&client, ClientMessage::Begin);
    /// simulation.run()?;
    /// assert_eq!(simulation[&client].answer, "near");
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    pub fn ask_first<N: Message, R: 'static>(
        &mut self,
        to: &[ActorRef<N>],
        mut ask: impl FnMut(ReplyTo<R>) -> N,
        then: impl Fn(Result<R, RequestError>) -> M + 'static,
    ) {
        if to.is_empty() {
            self.kernel.fail(ErrorKind::NobodyAsked);
        }
        let targets = self.targets(to);
        if !self.start_waiting() {
            return;
        }
        let replies = self.kernel.open_race(self.id, &targets, then);
        for (target, reply) in targets.into_iter().zip(replies) {
            self.post_request(target, reply, &mut ask);
        }
    }

    /// Answers a request. Does nothing if the request has failed before, because the actor that was
    /// asked died.
    pub fn reply<R: 'static>(&mut self, to: ReplyTo<R>, answer: R) {
        self.kernel.answer(self.id, to, answer);
    }

    /// Passes a request on: `to` answers instead. If `to` dies or is dead, the request fails. (If
    /// the request is passed on in an ordinary message, it fails when the actor dies that was asked
    /// first.)
    pub fn forward<N: Message, R: 'static>(
        &mut self,
        request: ReplyTo<R>,
        to: &ActorRef<N>,
        ask: impl FnOnce(ReplyTo<R>) -> N,
    ) {
        let to = self.kernel.named(to);
        self.kernel.redirect(&request, to);
        self.post_request(to, request, ask);
    }

    /// The actors that the references name. None of them may be the actor itself.
    fn targets<N>(&mut self, to: &[ActorRef<N>]) -> Vec<ActorId> {
        let targets: Vec<ActorId> = to.iter().map(|to| self.kernel.named(to)).collect();
        if targets.contains(&self.id) {
            self.kernel.fail(ErrorKind::WaitsForItself);
        }
        targets
    }

    fn open<N: Message, R: 'static>(
        &mut self,
        to: ActorId,
        kind: Op,
        ask: impl FnOnce(ReplyTo<R>) -> N,
        then: impl FnOnce(Result<R, RequestError>) -> M + 'static,
    ) {
        let single = Box::new(Single { wrap: then, types: PhantomData });
        let request = self.kernel.open_request(self.id, to, kind, single);
        let reply = ReplyTo::new(request, self.kernel.family);
        self.post_request(to, reply, ask);
    }

    fn post_request<N: Message, R>(
        &mut self,
        to: ActorId,
        reply: ReplyTo<R>,
        ask: impl FnOnce(ReplyTo<R>) -> N,
    ) {
        let request = reply.request;
        self.kernel.post_request(self.id, to, request, ask(reply));
    }

    /// Marks the actor as waiting; a task that waits lends its CPU slot.
    fn start_waiting(&mut self) -> bool {
        if !self.take_turn(Busy::Waiting) {
            return false;
        }
        if self.meta.role == Role::RunningTask {
            self.meta.role = Role::Task;
            self.kernel.free_slot();
            self.kernel.start_next_task();
        }
        true
    }
}
