//! Messages to oneself that are taken back: stale timers, busy actors, memory.

use crate::engine::secs;
use flagfall::{
    Actor, ActorRef, Config, Context, EventListKind, Message, Process, Simulation, Span, Timer,
    VirtualTime,
};

#[derive(Debug, Message)]
enum Alarm {
    Set {
        seconds: u64,
    },
    /// The timer of that number, counted from the first that was set.
    Cancel {
        number: usize,
    },
    Reset {
        number: usize,
        seconds: u64,
    },
    Sleep {
        seconds: u64,
    },
    Awake,
    Ring {
        number: usize,
    },
}

#[derive(Default)]
struct Clock {
    timers: Vec<Timer>,
    /// What came of each attempt to take a timer back: its number, if any.
    cancelled: Vec<Option<usize>>,
    rung: Vec<(u64, usize)>,
}

impl Actor for Clock {
    type Message = Alarm;
    fn handle(&mut self, alarm: Alarm, context: &mut Context<'_, Alarm>) {
        match alarm {
            Alarm::Set { seconds } => {
                let number = self.timers.len();
                self.timers.push(context.set_timer(secs(seconds), Alarm::Ring { number }));
            }
            Alarm::Cancel { number } => {
                let taken = context.cancel(self.timers[number]);
                self.cancelled.push(taken.map(|taken| match taken {
                    Alarm::Ring { number } => number,
                    other => panic!("{other:?} was not set by a timer"),
                }));
            }
            Alarm::Reset { number, seconds } => {
                if let Some(timer) = context.reset_timer(self.timers[number], secs(seconds)) {
                    self.timers[number] = timer;
                }
            }
            Alarm::Sleep { seconds } => context.hold(secs(seconds), Alarm::Awake),
            Alarm::Awake => {}
            Alarm::Ring { number } => {
                self.rung.push((context.now().as_nanos() / 1_000_000_000, number));
            }
        }
    }
}

/// Sends the alarms to a clock, each at its second.
fn run(script: impl IntoIterator<Item = (u64, Alarm)>) -> (Simulation, Clock) {
    let mut simulation = Simulation::new(Config::new(42));
    let clock = simulation.spawn("clock", Clock::default());
    for (second, alarm) in script {
        simulation.send_at(flagfall::VirtualTime::ZERO + secs(second), &clock, alarm).unwrap();
    }
    simulation.run().unwrap();
    let state = &simulation[&clock];
    let Clock { timers, cancelled, rung } = state;
    let state = Clock { timers: timers.clone(), cancelled: cancelled.clone(), rung: rung.clone() };
    (simulation, state)
}

#[test]
fn a_timer_rings_unless_it_is_taken_back() {
    let script = [
        (0, Alarm::Set { seconds: 5 }),
        (0, Alarm::Set { seconds: 5 }),
        (4, Alarm::Cancel { number: 0 }),
        (4, Alarm::Cancel { number: 0 }),
        (6, Alarm::Cancel { number: 1 }),
    ];
    let (simulation, clock) = run(script);
    assert_eq!(clock.rung, [(5, 1)]);
    // The second attempt finds a stale timer, the third one that has rung.
    assert_eq!(clock.cancelled, [Some(0), None, None]);
    assert_eq!(simulation.counts().cancelled, 1);
}

#[test]
fn a_timer_can_be_put_off_and_brought_forward() {
    let script = [
        (0, Alarm::Set { seconds: 5 }),
        (0, Alarm::Set { seconds: 9 }),
        (4, Alarm::Reset { number: 0, seconds: 6 }),
        (4, Alarm::Reset { number: 1, seconds: 1 }),
        (8, Alarm::Reset { number: 1, seconds: 1 }),
    ];
    let (_, clock) = run(script);
    assert_eq!(clock.rung, [(5, 1), (10, 0)]);
}

/// It has gone off while the actor was busy: it waits like any other message.
#[test]
fn a_timer_that_waits_in_the_mailbox_is_stale() {
    let script = [
        (0, Alarm::Set { seconds: 2 }),
        (1, Alarm::Sleep { seconds: 3 }),
        (1, Alarm::Cancel { number: 0 }),
        (3, Alarm::Cancel { number: 0 }),
    ];
    let (_, clock) = run(script);
    assert_eq!(clock.rung, [(4, 0)]);
    assert_eq!(clock.cancelled, [None, None]);
}

#[test]
fn a_dead_actors_timer_comes_to_nothing() {
    let mut simulation = Simulation::new(Config::new(42));
    let clock = simulation.spawn("clock", Clock::default());
    simulation.send(&clock, Alarm::Set { seconds: 5 });
    simulation.kill_at(flagfall::VirtualTime::ZERO + secs(1), &clock).unwrap();
    simulation.run().unwrap();
    assert_eq!(simulation.counts().undeliverable, 1);
    assert_eq!(simulation.pending_messages(), 0);
}

/// Resets a timer at every turn, for ever.
struct Restless {
    timer: Option<Timer>,
    turns: u64,
}

impl Actor for Restless {
    type Message = bool;
    fn handle(&mut self, turn: bool, context: &mut Context<'_, bool>) {
        assert!(turn, "the timer is taken back before it rings");
        self.timer.map(|timer| context.cancel(timer));
        self.timer = Some(context.set_timer(secs(3_600), false));
        self.turns -= 1;
        if self.turns > 0 {
            context.schedule(Span::from_millis(1), true);
        } else {
            context.end_run();
        }
    }
}

/// Two events are pending, whatever was cancelled; both lists agree.
#[test]
fn what_is_cancelled_does_not_pile_up() {
    let digests = [EventListKind::Ladder, EventListKind::PriorityQueue].map(|kind| {
        let mut simulation = Simulation::new(Config::new(42).event_list(kind));
        let restless = simulation.spawn("restless", Restless { timer: None, turns: 100_000 });
        simulation.send(&restless, true);
        simulation.run().unwrap();
        assert_eq!(simulation.pending_events(), 1);
        assert_eq!(simulation.counts().cancelled, 99_999);
        simulation.digest()
    });
    assert_eq!(digests[0], digests[1]);
}

/// Sends the other what is to arrive then.
struct Sender(ActorRef<u64>);

impl Actor for Sender {
    type Message = VirtualTime;
    fn handle(&mut self, time: VirtualTime, context: &mut Context<'_, VirtualTime>) {
        context.send_at(time, &self.0, 1);
    }
}

#[test]
fn an_instant_in_the_future_is_one_that_messages_can_arrive_at() {
    let second = VirtualTime::from_secs;
    let start = || {
        let config = Config::new(42).latency(flagfall::Latency::Fixed(Span::from_secs(9)));
        let mut simulation = Simulation::new(config);
        let receiver = simulation.process_receiving("receiver", async |p: Process<u64>| {
            p.receive().await;
            p.now()
        });
        let sender = simulation.spawn("sender", Sender(*receiver));
        (simulation, receiver, sender)
    };
    let (mut simulation, receiver, sender) = start();
    simulation.send(&sender, second(4));
    simulation.run().unwrap();
    assert_eq!(receiver.result(), Some(second(4)), "whatever the link says");

    let (mut simulation, receiver, _) = start();
    let to = *receiver;
    simulation.process("other", async move |p| p.send_at(second(4), &to, 1));
    simulation.run().unwrap();
    assert_eq!(receiver.result(), Some(second(4)));

    for (time, kind) in [
        (second(1), flagfall::ErrorKind::InThePast { time: second(1) }),
        (VirtualTime::MAX, flagfall::ErrorKind::TimeOverflow),
    ] {
        let (mut simulation, _, sender) = start();
        simulation.run_until(second(2)).unwrap();
        simulation.send(&sender, time);
        let error = simulation.run().unwrap_err();
        assert_eq!((error.kind, error.actor.as_str()), (kind, "sender"));
    }
}
