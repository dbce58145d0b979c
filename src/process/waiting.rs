//! The waits that a process begins with its handle.

use crate::actor::{ActorRef, Message, ReplyTo};
use crate::process::answer::Answer;
use crate::process::combine::TimedOut;
use crate::process::forgotten::Begun;
use crate::process::interface::Process;
use crate::process::join::Join;
use crate::process::receive;
use crate::process::receive::Receive;
use crate::process::reference::ProcessRef;
use crate::process::sleep::Sleep;
use crate::process::waits::Wait;
use crate::time::{Span, VirtualTime};
use std::future::poll_fn;
use std::panic::Location;
use std::pin::{Pin, pin};
use std::task::Poll;

impl<M: Message> Process<M> {
    /// Waits for a span of virtual time.
    ///
    /// The span begins now, not when the future is first awaited. If the future is dropped, its
    /// event is cancelled.
    ///
    /// A sleep to [`VirtualTime::MAX`] or past it, such as one of [`Span::MAX`], never ends. A run
    /// in which a process waits for nothing else is [`Stuck`](crate::Outcome::Stuck), unless that
    /// process is in the [background](Self::background).
    #[track_caller]
    pub fn sleep(&self, span: Span) -> Sleep {
        Sleep::begin(self, span, Location::caller())
    }

    /// Waits until all other events that are due now have happened: the same as a sleep of no
    /// length.
    #[track_caller]
    pub fn pass(&self) -> Sleep {
        self.sleep(Span::ZERO)
    }

    /// Waits until an instant. If the instant has passed, it waits until now, like
    /// [`pass`](Self::pass).
    #[track_caller]
    pub fn sleep_until(&self, time: VirtualTime) -> Sleep {
        let (wait, mut kernel) = Wait::begin(self);
        let due = time.max(kernel.now);
        Sleep::until(&mut kernel, wait, due)
    }

    /// Waits for the next message.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Process, Simulation};
    ///
    /// async fn adder(p: Process<u64>) -> u64 {
    ///     p.receive().await + p.receive().await
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let adder = simulation.process_receiving("adder", adder);
    /// simulation.send(&adder, 2);
    /// simulation.send(&adder, 3);
    /// simulation.run()?;
    /// assert_eq!(adder.result(), Some(5));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn receive(&self) -> Receive<'_, M> {
        Receive::of(self, &self.state.messages)
    }

    /// Takes the oldest message that has arrived, if there is one.
    #[track_caller]
    pub fn try_receive(&self) -> Option<M> {
        receive::take(self, &self.state.messages, Location::caller())
    }

    /// Asks an actor, and waits for its answer.
    ///
    /// The request is sent now, not when the future is first awaited. If the future is dropped, the
    /// answer is lost.
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Actor, ActorRef, Config, Context, ReplyTo, Simulation};
    ///
    /// struct Till { cash: u64 }
    /// impl Actor for Till {
    ///     type Message = ReplyTo<u64>;
    ///     fn handle(&mut self, reply: ReplyTo<u64>, context: &mut Context<'_, ReplyTo<u64>>) {
    ///         context.reply(reply, self.cash);
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let till = simulation.spawn("till", Till { cash: 7 });
    /// let owner = simulation.process("owner", async move |p| {
    ///     p.ask(&till, |reply| reply).await
    /// });
    /// simulation.run()?;
    /// assert_eq!(owner.result(), Some(Ok(7)));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn ask<N: Message, R: 'static>(
        &self,
        to: &ActorRef<N>,
        ask: impl FnOnce(ReplyTo<R>) -> N,
    ) -> Answer<R> {
        Answer::ask(self, to, ask)
    }

    /// Waits for another process to end, and takes its result.
    ///
    /// # Errors
    /// [`Ended`](super::Ended) if it was killed, or if its result was taken before.
    #[track_caller]
    pub fn join<N: Message, T>(&self, process: &ProcessRef<N, T>) -> Join<T> {
        Join::new(self, process)
    }

    /// Waits for `work`, unless an interrupt comes. If the work is done at the instant of the
    /// interrupt, the result is `Ok`, and the interrupt stays for the next time.
    ///
    /// An interrupt is urgent, as in SimPy: it interrupts a sleep that is due at this instant and
    /// whose event has not happened yet. By the clock, that sleep has no time left.
    ///
    /// # Errors
    /// The message of the interrupt. Then `work` is dropped, and what it had got goes back.
    ///
    /// # Examples
    /// A machine that is interrupted half-way through its work:
    /// ```
    /// use flagfall::{Config, Process, Simulation, Span};
    ///
    /// async fn machine(p: Process<&'static str>) -> String {
    ///     match p.interruptible(p.sleep(Span::from_secs(10))).await {
    ///         Ok(()) => "done".to_owned(),
    ///         Err(why) => format!("{why} at {}", p.now()),
    ///     }
    /// }
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let machine = simulation.process_receiving("machine", machine);
    /// let victim = machine.clone();
    /// simulation.process("fate", async move |p| {
    ///     p.sleep(Span::from_secs(4)).await;
    ///     p.interrupt(&victim, "broken");
    /// });
    /// simulation.run()?;
    /// assert_eq!(machine.result().as_deref(), Some("broken at 4s"));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn interruptible<F: Future>(&self, work: F) -> impl Future<Output = Result<F::Output, M>> {
        let interrupt = Receive::of(self, &self.state.interrupts);
        async move {
            let (mut interrupt, mut work) = (interrupt, pin!(work));
            poll_fn(|context| {
                if let Poll::Ready(output) = work.as_mut().poll(context) {
                    return Poll::Ready(Ok(output));
                }
                if !self.state.interrupts.is_empty() {
                    let last = self.state.last_look(|| work.as_mut().poll(context));
                    if let Poll::Ready(output) = last {
                        return Poll::Ready(Ok(output));
                    }
                }
                Pin::new(&mut interrupt).poll(context).map(Err)
            })
            .await
        }
    }

    /// Waits for `work`, at most for `span`. A timeout of [`Span::MAX`] never comes.
    ///
    /// The result is decided once, in a last check when the span is over. Work that has happened
    /// by then is `Ok`, also if it happened at that very instant. Other work has timed out.
    ///
    /// Sleeps, timeouts and [work](crate::resource::Held::work) count as done when their time is
    /// over, but not if they start in that last check. So a sleep of 5 s is `Ok` in a timeout of
    /// 5 s. Work that an event decides (a message, an answer, a signal, a grant) has not happened
    /// before that event. The event may still come at this instant, and nothing is lost: a message
    /// stays for the next `receive`.
    ///
    /// # Errors
    /// [`TimedOut`] when the span is over first. Then `work` is dropped, and what it had got goes
    /// back: an item or an amount, units that were granted. An item that was to be put is dropped
    /// with the future: to get it back, see [`PutItem::within`](crate::resource::PutItem::within).
    ///
    /// # Examples
    /// ```
    /// use flagfall::{Config, Process, Simulation, Span};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let patient = simulation.process_receiving("patient", async |p: Process<u64>| {
    ///     p.timeout(Span::from_secs(3), p.receive()).await.is_err()
    /// });
    /// simulation.run()?;
    /// assert_eq!(patient.result(), Some(true));
    /// assert_eq!(simulation.now().to_string(), "3s");
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn timeout<F: Future>(
        &self,
        span: Span,
        work: F,
    ) -> impl Future<Output = Result<F::Output, TimedOut>> {
        let mut begun = Begun::new(self);
        async move {
            begun.ask();
            let mut timer = Sleep::begin(self, span, begun.place);
            let mut work = pin!(work);
            poll_fn(|context| {
                if let Poll::Ready(output) = work.as_mut().poll(context) {
                    return Poll::Ready(Ok(output));
                }
                if Pin::new(&mut timer).poll(context).is_pending() {
                    return Poll::Pending;
                }
                let last = self.state.last_look_in_time(|| work.as_mut().poll(context));
                Poll::Ready(match last {
                    Poll::Ready(output) => Ok(output),
                    Poll::Pending => Err(TimedOut),
                })
            })
            .await
        }
    }
}
