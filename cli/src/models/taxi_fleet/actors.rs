//! The actors of the taxi fleet.

use super::{Durations, Notice, Ride, TaxiFleet};
use crate::models::{MessageActor, MessageActorMessage, Money, Rate};
use flagfall::random::Stream;
use flagfall::{
    Actor, ActorRef, Context, Message, ReplyTo, RequestError, Span, SpawnOptions, VirtualTime,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// What the driver of the day understands: the notebook's main program.
#[derive(Serialize, Deserialize, Debug, Message)]
pub enum DriverMessage {
    /// Begin the day.
    Start,
    /// The sleep after a poll is over.
    NextPoll,
    /// A poll was answered.
    Polled(Result<Vec<Notice>, RequestError>),
    /// The dispatcher has reported the total.
    Total(Result<CashReport, RequestError>),
}

/// What a taxi understands.
#[derive(Serialize, Deserialize, Debug, Message)]
#[allow(missing_docs)]
pub enum TaxiMessage {
    /// Drive; the taxi is busy until the ride is over.
    TakeRide { ride: u32, duration: Span },
    /// The end of the ride, to the taxi itself.
    RideOver { ride: u32, duration: Span },
}

/// What the dispatcher understands.
#[derive(Serialize, Deserialize, Debug, Message)]
#[allow(missing_docs)]
pub enum DispatcherMessage {
    /// Employ the taxis.
    Open,
    /// Give a ride to the first free taxi, or refuse it.
    AssignRide { duration: Span },
    /// A taxi has finished a ride and passes on the commission.
    RideComplete { taxi: u32, ride: u32, commission: Money },
    /// Tell what was collected.
    GetCash(ReplyTo<CashReport>),
}

/// What the source of rides understands.
#[derive(Serialize, Deserialize, Debug, Message)]
#[allow(missing_docs)]
pub enum RideSourceMessage {
    /// Begin.
    Run { dispatcher: ActorRef<DispatcherMessage> },
    /// The pause after a ride is over.
    NextRide,
}

/// What the dispatcher's books say.
#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Debug, Message)]
pub struct CashReport {
    /// The commission collected.
    pub cash: Money,
    /// The rides reported complete.
    pub rides_completed: u64,
    /// How long those took together.
    pub ride_time: Span,
}

/// The notebook's main program: starts everyone, polls, asks for the total.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Driver {
    /// The actors that it started.
    pub(super) crew: Option<Crew>,
    /// What each poll returned, if kept.
    pub polls: Vec<Vec<Notice>>,
    /// The dispatcher's answer.
    pub report: Option<CashReport>,
    polls_done: u32,
    fleet: TaxiFleet,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Crew {
    pub(super) message_actor: ActorRef<MessageActorMessage<Notice>>,
    pub(super) dispatcher: ActorRef<DispatcherMessage>,
}

impl Driver {
    pub(super) fn new(fleet: TaxiFleet) -> Self {
        Self { crew: None, polls: Vec::new(), report: None, polls_done: 0, fleet }
    }

    fn start(&mut self, context: &mut Context<'_, DriverMessage>) {
        let message_actor = context.spawn("message actor", MessageActor { messages: Vec::new() });
        let dispatcher = context.spawn("dispatcher", Dispatcher::new(&self.fleet, message_actor));
        // The constructor's work: it takes no latency.
        context.send_after(Span::ZERO, &dispatcher, DispatcherMessage::Open);
        let source = RideSource::new(self.fleet.durations.clone(), self.fleet.every);
        let source =
            context.spawn(SpawnOptions::named("simulation").startup(self.fleet.startup), source);
        context.send(&source, RideSourceMessage::Run { dispatcher });
        self.crew = Some(Crew { message_actor, dispatcher });
        self.next_poll(context);
    }

    fn next_poll(&mut self, context: &mut Context<'_, DriverMessage>) {
        let Some(crew) = self.crew else { return };
        if self.polls_done < self.fleet.polls {
            context.ask(
                &crew.message_actor,
                MessageActorMessage::GetAndClear,
                DriverMessage::Polled,
            );
        } else {
            context.ask(&crew.dispatcher, DispatcherMessage::GetCash, DriverMessage::Total);
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
            DriverMessage::Start => self.start(context),
            DriverMessage::NextPoll => self.next_poll(context),
            DriverMessage::Polled(notices) => {
                self.polls_done += 1;
                if self.fleet.keep_polls {
                    self.polls.push(notices.unwrap_or_default());
                }
                context.hold(self.fleet.poll_every, DriverMessage::NextPoll);
            }
            DriverMessage::Total(report) => {
                self.report = report.ok();
                context.end_run();
            }
        }
    }
}

/// The notebook's `Simulation`: sends a ride to the dispatcher, sleeps,
/// sends the next.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RideSource {
    durations: Durations,
    every: Span,
    sent: u32,
    stream: Option<Stream>,
    dispatcher: Option<ActorRef<DispatcherMessage>>,
}

impl RideSource {
    fn new(durations: Durations, every: Span) -> Self {
        Self { durations, every, sent: 0, stream: None, dispatcher: None }
    }

    /// The length of the next ride; `None` after the last.
    fn next_duration(&mut self) -> Option<Span> {
        let sent = self.sent as usize;
        self.sent += 1;
        match &self.durations {
            Durations::Given(durations) => durations.get(sent).copied(),
            Durations::Drawn { rides, seconds } if sent < *rides as usize => {
                let seconds = self.stream.as_mut()?.range(seconds.clone());
                Some(Span::from_secs(seconds))
            }
            Durations::Drawn { .. } => None,
        }
    }
}

impl Actor for RideSource {
    type Message = RideSourceMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: RideSourceMessage, context: &mut Context<'_, RideSourceMessage>) {
        if let RideSourceMessage::Run { dispatcher } = message {
            self.dispatcher = Some(dispatcher);
            self.stream = Some(context.stream("durations"));
        }
        let Some(dispatcher) = self.dispatcher else { return };
        if let Some(duration) = self.next_duration() {
            context.send(&dispatcher, DispatcherMessage::AssignRide { duration });
            context.hold(self.every, RideSourceMessage::NextRide);
        }
    }
}

/// Gives rides to taxis and keeps the books.
///
/// Which taxi is free is known from its own books alone: a taxi on the road
/// could not answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dispatcher {
    /// The commission collected.
    pub cash: Money,
    /// All rides, in the order they were asked for.
    pub rides: Vec<Ride>,
    /// The taxis, in the order of the staff.
    pub taxis: Vec<ActorRef<TaxiMessage>>,
    /// The free taxis; the smallest number is first, so assigning costs O(log n).
    pub free: BTreeSet<u32>,
    rides_completed: u64,
    ride_time: Span,
    fleet: u32,
    warm_up: Span,
    price: Rate,
    commission: Rate,
    message_actor: ActorRef<MessageActorMessage<Notice>>,
}

impl Dispatcher {
    fn new(fleet: &TaxiFleet, message_actor: ActorRef<MessageActorMessage<Notice>>) -> Self {
        Self {
            cash: Money::ZERO,
            rides: Vec::new(),
            taxis: Vec::new(),
            free: BTreeSet::new(),
            rides_completed: 0,
            ride_time: Span::ZERO,
            fleet: fleet.fleet,
            warm_up: fleet.warm_up,
            price: fleet.price,
            commission: fleet.commission,
            message_actor,
        }
    }

    /// What the books say now.
    #[must_use]
    pub fn report(&self) -> CashReport {
        CashReport {
            cash: self.cash,
            rides_completed: self.rides_completed,
            ride_time: self.ride_time,
        }
    }

    fn open(&mut self, context: &mut Context<'_, DispatcherMessage>) {
        let dispatcher = context.me();
        for number in 0..self.fleet {
            let taxi = Taxi {
                cash: Money::ZERO,
                occupied: None,
                rides_done: 0,
                began: VirtualTime::ZERO,
                driven: Span::ZERO,
                warm_up: self.warm_up,
                number,
                price: self.price,
                commission: self.commission,
                dispatcher,
            };
            self.taxis.push(context.spawn(("taxi", number), taxi));
        }
        self.free = (0..self.fleet).collect();
    }

    fn assign(&mut self, duration: Span, context: &mut Context<'_, DispatcherMessage>) {
        let ride = self.rides.len() as u32;
        #[cfg(not(feature = "canary"))]
        let taxi = self.free.pop_first();
        #[cfg(feature = "canary")]
        let taxi = super::super::canary::pop_any(&mut self.free);
        self.rides.push(Ride { asked: context.now(), duration, taxi, completed: false });
        let notice = match taxi {
            Some(taxi) => Notice::Assigned { duration, taxi },
            None => Notice::Refused,
        };
        context.send(&self.message_actor, MessageActorMessage::Add(notice));
        if let Some(taxi) = taxi {
            context.send(&self.taxis[taxi as usize], TaxiMessage::TakeRide { ride, duration });
        }
    }

    fn complete(
        &mut self,
        (taxi, ride): (u32, u32),
        commission: Money,
        context: &mut Context<'_, DispatcherMessage>,
    ) {
        let notice = Notice::Completed { commission, taxi };
        context.send(&self.message_actor, MessageActorMessage::Add(notice));
        self.cash += commission;
        self.free.insert(taxi);
        let ride = &mut self.rides[ride as usize];
        ride.completed = true;
        self.rides_completed += 1;
        self.ride_time += ride.duration;
    }
}

impl Actor for Dispatcher {
    type Message = DispatcherMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: DispatcherMessage, context: &mut Context<'_, DispatcherMessage>) {
        match message {
            DispatcherMessage::Open => self.open(context),
            DispatcherMessage::AssignRide { duration } => self.assign(duration, context),
            DispatcherMessage::RideComplete { taxi, ride, commission } => {
                self.complete((taxi, ride), commission, context);
            }
            DispatcherMessage::GetCash(reply) => context.reply(reply, self.report()),
        }
    }
}

/// One taxi and what it has earned.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Taxi {
    /// What the driver keeps: fares minus commission.
    pub cash: Money,
    /// The ride under way.
    pub occupied: Option<u32>,
    /// How many rides it has finished.
    pub rides_done: u32,
    /// When the last ride began.
    began: VirtualTime,
    /// How long the finished rides took, without the warm-up.
    driven: Span,
    warm_up: Span,
    number: u32,
    price: Rate,
    commission: Rate,
    dispatcher: ActorRef<DispatcherMessage>,
}

impl Taxi {
    /// How long it has driven by now, the ride under way included, the warm-up not.
    pub(super) fn driven(&self, now: VirtualTime) -> Span {
        match self.occupied {
            Some(_) => self.driven + self.under_way(now),
            None => self.driven,
        }
    }

    /// How long the last ride has taken by now, the warm-up not included.
    fn under_way(&self, now: VirtualTime) -> Span {
        let counted = self.began.max(VirtualTime::ZERO + self.warm_up);
        now.checked_since(counted).unwrap_or_default()
    }
}

impl Actor for Taxi {
    type Message = TaxiMessage;

    fn shown(&self) -> Option<&dyn fmt::Debug> {
        Some(self)
    }

    fn handle(&mut self, message: TaxiMessage, context: &mut Context<'_, TaxiMessage>) {
        match message {
            TaxiMessage::TakeRide { ride, duration } => {
                self.occupied = Some(ride);
                self.began = context.now();
                context.activity(|| format!("ride {ride}, {} s", duration.as_secs_f64()));
                context.hold(duration, TaxiMessage::RideOver { ride, duration });
            }
            TaxiMessage::RideOver { ride, duration } => {
                let commission = self.commission * duration;
                self.cash += self.price * duration - commission;
                self.driven += self.under_way(context.now());
                self.occupied = None;
                self.rides_done += 1;
                let complete =
                    DispatcherMessage::RideComplete { taxi: self.number, ride, commission };
                context.send(&self.dispatcher, complete);
            }
        }
    }
}
