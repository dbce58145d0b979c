//! The message actor: workers append messages, a driver polls and clears.

use super::{DEFAULT_STARTUP, MessageActor, MessageActorMessage};
use crate::models::Branching;
use flagfall::model::{Measured, Run};
use flagfall::{
    Actor, ActorRef, Context, Measures, Message, Model, RequestError, Simulation, Span,
    SpawnOptions, TypeRegistry,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The parameters of the system.
///
/// # Examples
/// ```
/// use flagfall::{Config, Model};
/// use flagfall_cli::models::{DEFAULT_LATENCY, message_log::{Entry, MessageLog}};
///
/// let config = Config::new(42).latency(DEFAULT_LATENCY);
/// let polls = MessageLog::default().run(config)?.result.polls;
/// assert_eq!(polls.len(), 10);
/// assert_eq!(polls[2][0], Entry { number: 0, worker: 0 });
/// # Ok::<(), flagfall::SimulationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageLog {
    /// How many workers there are.
    pub workers: u32,
    /// How many messages each worker sends.
    pub messages: u32,
    /// The span that a worker sleeps before each message.
    pub every: Span,
    /// How often the driver polls.
    pub polls: u32,
    /// The span that the driver sleeps after each poll.
    pub poll_every: Span,
    /// How long the message actor's process takes to start; the first poll
    /// waits for it.
    pub actor_startup: Span,
    /// How long a worker process takes to start.
    pub startup: Span,
    /// How much longer each worker takes than the one before it.
    pub stagger: Span,
}

impl Default for MessageLog {
    /// The notebook's numbers: three workers, ten messages each, ten polls.
    fn default() -> Self {
        Self {
            workers: 3,
            messages: 10,
            every: Span::from_secs(1),
            polls: 10,
            poll_every: Span::from_secs(1),
            actor_startup: Span::ZERO,
            startup: DEFAULT_STARTUP,
            stagger: Span::ZERO,
        }
    }
}

/// One message of a worker: `Message 3 from worker 1.`
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Debug, Message)]
pub struct Entry {
    /// Which of the worker's messages it is, from 0.
    pub number: u32,
    /// Which worker sent it, from 0.
    pub worker: u32,
}

/// What a worker understands.
#[derive(Serialize, Deserialize, Debug, Message)]
pub enum WorkerMessage {
    /// Begin.
    Run,
    /// The sleep before a message is over.
    Awake,
}

/// What the notebook's main program understands.
#[derive(Serialize, Deserialize, Debug, Message)]
pub enum DriverMessage {
    /// Begin.
    Start,
    /// A poll was answered.
    Polled(Result<Vec<Entry>, RequestError>),
    /// The sleep after a poll is over.
    NextPoll,
}

/// The results of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    /// What each poll returned.
    pub polls: Vec<Vec<Entry>>,
    /// What arrived after the last poll.
    pub unpolled: Vec<Entry>,
}

/// Sends messages: a task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Worker {
    number: u32,
    sent: u32,
    messages: u32,
    every: Span,
    message_actor: ActorRef<MessageActorMessage<Entry>>,
}

impl Actor for Worker {
    type Message = WorkerMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: WorkerMessage, context: &mut Context<'_, WorkerMessage>) {
        if let WorkerMessage::Awake = message {
            let entry = Entry { number: self.sent, worker: self.number };
            context.send(&self.message_actor, MessageActorMessage::Add(entry));
            self.sent += 1;
        }
        if self.sent < self.messages {
            context.hold(self.every, WorkerMessage::Awake);
        } else {
            context.stop();
        }
    }
}

/// The notebook's main program: starts everyone, polls, ends the run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Driver {
    log: MessageLog,
    message_actor: Option<ActorRef<MessageActorMessage<Entry>>>,
    polls: Vec<Vec<Entry>>,
}

impl Driver {
    fn start(&mut self, context: &mut Context<'_, DriverMessage>) {
        let spawn = SpawnOptions::named("message actor").startup(self.log.actor_startup);
        let message_actor = context.spawn(spawn, MessageActor { messages: Vec::new() });
        for number in 0..self.log.workers {
            let worker = Worker {
                number,
                sent: 0,
                messages: self.log.messages,
                every: self.log.every,
                message_actor,
            };
            let startup = self.log.startup + self.log.stagger * u64::from(number);
            let spawn = SpawnOptions::from(("worker", number)).startup(startup);
            context.spawn_task(spawn, worker, WorkerMessage::Run);
        }
        self.message_actor = Some(message_actor);
    }

    fn next_poll(&self, context: &mut Context<'_, DriverMessage>) {
        let Some(message_actor) = self.message_actor else { return };
        if self.polls.len() < self.log.polls as usize {
            context.ask(&message_actor, MessageActorMessage::GetAndClear, DriverMessage::Polled);
        } else {
            context.end_run();
        }
    }
}

impl Actor for Driver {
    type Message = DriverMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: DriverMessage, context: &mut Context<'_, DriverMessage>) {
        match message {
            DriverMessage::Start => {
                self.start(context);
                self.next_poll(context);
            }
            DriverMessage::Polled(entries) => {
                self.polls.push(entries.unwrap_or_default());
                context.hold(self.log.poll_every, DriverMessage::NextPoll);
            }
            DriverMessage::NextPoll => self.next_poll(context),
        }
    }
}

impl Model for MessageLog {
    /// The driver, which owns all others.
    type Handles = ActorRef<DriverMessage>;
    type Result = Log;

    fn start(&self, simulation: &mut Simulation) -> ActorRef<DriverMessage> {
        let driver = Driver { log: self.clone(), message_actor: None, polls: Vec::new() };
        let driver = simulation.spawn("driver", driver);
        simulation.send(&driver, DriverMessage::Start);
        *driver
    }

    fn collect(&self, simulation: &Simulation, driver: &ActorRef<DriverMessage>) -> Log {
        let Some(driver) = simulation.inspect::<Driver>(driver) else { return Log::default() };
        let kept = driver.message_actor.and_then(|log| simulation.inspect(&log));
        let unpolled = kept.map(|kept: &MessageActor<Entry>| kept.messages.clone());
        Log { polls: driver.polls.clone(), unpolled: unpolled.unwrap_or_default() }
    }
}

impl Measured for MessageLog {
    /// `received`: messages that reached the message actor. `polled` and `polled_share`: those
    /// of them that a poll returned. `largest_poll`: the most that one poll returned. `lost`:
    /// messages of any kind that a fault plan lost. `virtual_time`: when the run ended.
    fn measures(&self, run: &Run<Log>) -> Measures {
        let Log { polls, unpolled } = &run.result;
        let polled: u64 = polls.iter().map(|poll| poll.len() as u64).sum();
        let received = polled + unpolled.len() as u64;
        let largest = polls.iter().map(Vec::len).max().unwrap_or_default();
        let mut measures = Measures::new();
        measures
            .count("received", received)
            .count("polled", polled)
            .share("polled_share", polled, received)
            .count("largest_poll", largest as u64)
            .count("lost", run.counts.lost)
            .add("virtual_time", "s", run.virtual_time.as_secs_f64());
        measures
    }
}

impl Branching for MessageLog {
    fn types() -> TypeRegistry {
        TypeRegistry::new()
            .answer("polled", DriverMessage::Polled)
            .savable::<Driver>("messages: driver")
            .savable::<Worker>("messages: worker")
            .savable::<MessageActor<Entry>>("messages: message actor")
    }
}
