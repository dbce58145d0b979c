//! Requests and replies: waiting, going on, gathering, failing.

use crate::engine::{Log, secs};
use flagfall::{
    Actor, ActorRef, Config, Context, DeathCause, Latency, Message, Outcome, ReplyTo, RequestError,
    Simulation, Span, VirtualTime,
};
use std::rc::Rc;

#[derive(Debug, Message)]
enum Question {
    /// Answer after that many seconds.
    Slow {
        secs: u64,
        reply: ReplyTo<u64>,
    },
    Answer {
        secs: u64,
        reply: ReplyTo<u64>,
    },
    /// Never answer, but keep the question.
    Ignore(ReplyTo<u64>),
    /// Let another answer.
    Delegate {
        to: ActorRef<Question>,
        reply: ReplyTo<u64>,
    },
    /// Let another answer, then end.
    Forward {
        to: ActorRef<Question>,
        reply: ReplyTo<u64>,
    },
}

#[derive(Debug, Message)]
enum Order {
    Ask { of: ActorRef<Question>, secs: u64 },
    Request { of: ActorRef<Question>, secs: u64 },
    AskAll { of: Vec<ActorRef<Question>> },
    AskInVain { of: ActorRef<Question> },
    AskThrough { of: ActorRef<Question>, to: ActorRef<Question> },
    AskForwarded { of: ActorRef<Question>, to: ActorRef<Question> },
    Answered(Result<u64, RequestError>),
    AllAnswered(Vec<Result<u64, RequestError>>),
    Ping,
}

#[derive(Default)]
struct Oracle {
    ignored: Vec<ReplyTo<u64>>,
}

impl Actor for Oracle {
    type Message = Question;
    fn handle(&mut self, question: Question, context: &mut Context<'_, Question>) {
        match question {
            Question::Slow { secs: 0, reply } => context.reply(reply, 0),
            Question::Slow { secs: span, reply } => {
                context.hold(secs(span), Question::Answer { secs: span, reply });
            }
            Question::Answer { secs, reply } => context.reply(reply, secs),
            Question::Ignore(reply) => self.ignored.push(reply),
            Question::Forward { to, reply } => {
                context.forward(reply, &to, |reply| Question::Slow { secs: 2, reply });
                context.stop();
            }
            Question::Delegate { to, reply } => {
                context.send(&to, Question::Slow { secs: 2, reply });
            }
        }
    }
}

struct Asker {
    log: Log<(VirtualTime, String)>,
}

impl Actor for Asker {
    type Message = Order;
    fn handle(&mut self, order: Order, context: &mut Context<'_, Order>) {
        let slow = |secs| move |reply| Question::Slow { secs, reply };
        match order {
            Order::Ask { of, secs } => context.ask(&of, slow(secs), Order::Answered),
            Order::Request { of, secs } => context.request(&of, slow(secs), Order::Answered),
            Order::AskInVain { of } => context.ask(&of, Question::Ignore, Order::Answered),
            Order::AskThrough { of, to } => {
                context.ask(&of, |reply| Question::Delegate { to, reply }, Order::Answered);
            }
            Order::AskForwarded { of, to } => {
                context.ask(&of, |reply| Question::Forward { to, reply }, Order::Answered);
            }
            Order::AskAll { of } => {
                let mut secs = 0;
                let ask = |reply| {
                    secs += 1;
                    Question::Slow { secs, reply }
                };
                context.ask_all(&of, ask, Order::AllAnswered);
            }
            Order::Answered(answer) => self.note(context, format!("{answer:?}")),
            Order::AllAnswered(answers) => self.note(context, format!("{answers:?}")),
            Order::Ping => self.note(context, "ping".to_owned()),
        }
    }
}

impl Asker {
    fn note(&mut self, context: &Context<'_, Order>, text: String) {
        self.log.borrow_mut().push((context.now(), text));
    }
}

struct World {
    simulation: Simulation,
    asker: ActorRef<Order>,
    oracles: Vec<ActorRef<Question>>,
    log: Log<(VirtualTime, String)>,
}

fn world(latency: Span) -> World {
    let mut simulation = Simulation::new(Config::new(1).latency(Latency::Fixed(latency)));
    let log = Log::default();
    let asker = simulation.spawn("asker", Asker { log: Rc::clone(&log) });
    let oracles = (0..3).map(|n| *simulation.spawn(("oracle", n), Oracle::default())).collect();
    World { simulation, asker: *asker, oracles, log }
}

fn at(millis: u64) -> VirtualTime {
    VirtualTime::from_millis(millis)
}

impl World {
    fn finish(mut self) -> Vec<(VirtualTime, String)> {
        assert!(matches!(self.simulation.run(), Ok(Outcome::Idle { .. })));
        assert_eq!(self.simulation.counts().pending(), self.simulation.pending_messages());
        self.log.take()
    }
}

#[test]
fn asking_waits_and_a_round_trip_takes_two_hops() {
    let mut world = world(Span::from_millis(10));
    let of = world.oracles[0];
    world.simulation.send(&world.asker, Order::Ask { of, secs: 3 });
    world.simulation.send(&world.asker, Order::Ping);
    let expected = [(at(3_020), "Ok(3)".to_owned()), (at(3_020), "ping".to_owned())];
    assert_eq!(world.finish(), expected);
}

#[test]
fn requesting_goes_on() {
    let mut world = world(Span::from_millis(10));
    let of = world.oracles[0];
    world.simulation.send(&world.asker, Order::Request { of, secs: 3 });
    world.simulation.send(&world.asker, Order::Ping);
    let expected = [(at(0), "ping".to_owned()), (at(3_020), "Ok(3)".to_owned())];
    assert_eq!(world.finish(), expected);
}

#[test]
fn asking_all_waits_for_the_slowest_and_keeps_the_order() {
    let mut world = world(Span::from_millis(10));
    let of = vec![world.oracles[2], world.oracles[0], world.oracles[1]];
    world.simulation.send(&world.asker, Order::AskAll { of });
    assert_eq!(world.finish(), [(at(3_020), "[Ok(1), Ok(2), Ok(3)]".to_owned())]);
}

#[test]
fn asking_nobody_is_answered_at_once() {
    let mut world = world(Span::from_millis(10));
    world.simulation.send(&world.asker, Order::AskAll { of: Vec::new() });
    assert_eq!(world.finish(), [(at(0), "[]".to_owned())]);
}

#[test]
fn another_may_answer() {
    let mut world = world(Span::from_millis(10));
    let (of, to) = (world.oracles[0], world.oracles[1]);
    world.simulation.send(&world.asker, Order::AskThrough { of, to });
    assert_eq!(world.finish(), [(at(2_030), "Ok(2)".to_owned())]);
}

#[test]
fn a_forwarded_request_is_tied_to_who_answers() {
    let mut world = world(Span::from_millis(10));
    let (of, to) = (world.oracles[0], world.oracles[1]);
    world.simulation.send(&world.asker, Order::AskForwarded { of, to });
    assert_eq!(world.finish(), [(at(2_030), "Ok(2)".to_owned())], "though the first has ended");
}

#[test]
fn a_request_forwarded_to_the_dead_or_dying_fails() {
    for killed_at in [0, 1_000] {
        let mut world = world(Span::from_millis(10));
        let (of, to) = (world.oracles[0], world.oracles[1]);
        world.simulation.kill_at(at(killed_at), &to).unwrap();
        world.simulation.send(&world.asker, Order::AskForwarded { of, to });
        let failed = format!("{:?}", Err::<u64, _>(died(1)));
        // At the dead it fails on arrival, at the dying with the death.
        assert_eq!(world.finish(), [(at(killed_at.max(20) + 10), failed)]);
    }
}

fn died(oracle: u32) -> RequestError {
    RequestError { actor: format!("oracle[{oracle}]"), cause: DeathCause::Killed }
}

#[test]
fn a_request_fails_when_the_asked_dies_at_work() {
    let mut world = world(Span::from_millis(10));
    let of = world.oracles[0];
    world.simulation.send(&world.asker, Order::Ask { of, secs: 3 });
    world.simulation.kill_at(at(1_000), &of).unwrap();
    assert_eq!(world.finish(), [(at(1_010), format!("{:?}", Err::<u64, _>(died(0))))]);
}

#[test]
fn a_request_to_the_dead_fails() {
    let mut world = world(Span::from_millis(10));
    let of = world.oracles[0];
    world.simulation.kill_at(at(0), &of).unwrap();
    world.simulation.send_at(at(500), &world.asker, Order::Ask { of, secs: 3 }).unwrap();
    assert_eq!(world.finish(), [(at(520), format!("{:?}", Err::<u64, _>(died(0))))]);
}

#[test]
fn a_request_in_the_mailbox_of_the_dying_fails() {
    let mut world = world(Span::from_millis(10));
    let of = world.oracles[0];
    world.simulation.send(&world.asker, Order::Request { of, secs: 3 });
    world.simulation.send(&world.asker, Order::Request { of, secs: 4 });
    world.simulation.kill_at(at(1_000), &of).unwrap();
    let failed = format!("{:?}", Err::<u64, _>(died(0)));
    assert_eq!(world.finish(), [(at(1_010), failed.clone()), (at(1_010), failed)]);
}

#[test]
fn requests_fail_in_the_order_they_were_made() {
    let mut world = world(Span::from_millis(10));
    let second = world.simulation.spawn("second", Asker { log: Rc::clone(&world.log) });
    let failures = Log::default();
    let log = Rc::clone(&failures);
    world.simulation.observe(move |record: &flagfall::Record<'_>| {
        if record.kind == flagfall::RecordKind::Answered {
            log.borrow_mut().push(record.receiver.to_string());
        }
    });
    let of = world.oracles[0];
    world.simulation.send(&second, Order::Ask { of, secs: 30 });
    world.simulation.send(&world.asker, Order::Ask { of, secs: 40 });
    world.simulation.kill_at(at(1_000), &of).unwrap();
    world.simulation.run().unwrap();
    assert_eq!(failures.take(), ["second", "asker"]);
}

#[test]
fn the_unanswered_are_listed_in_order_and_only_for_the_living() {
    let mut world = world(Span::ZERO);
    let ghost = world.simulation.spawn("a ghost", Asker { log: Rc::clone(&world.log) });
    let second = world.simulation.spawn("b", Asker { log: Rc::clone(&world.log) });
    let of = world.oracles[0];
    for asker in [&second, &world.asker, &ghost] {
        world.simulation.send(asker, Order::AskInVain { of });
    }
    world.simulation.kill_at(at(1), &ghost).unwrap();
    world.simulation.run().unwrap();
    let askers: Vec<String> =
        world.simulation.unanswered().into_iter().map(|request| request.asker).collect();
    assert_eq!(askers, ["b", "asker"]);
}

#[test]
fn gathering_reports_the_dead_among_the_living() {
    let mut world = world(Span::from_millis(10));
    let of = world.oracles.clone();
    world.simulation.send(&world.asker, Order::AskAll { of });
    world.simulation.kill_at(at(500), &world.oracles[1]).unwrap();
    let answers = [Ok(1), Err(died(1)), Ok(3)];
    assert_eq!(world.finish(), [(at(3_020), format!("{answers:?}"))]);
}

#[test]
fn an_asker_that_dies_is_forgotten() {
    let mut world = world(Span::from_millis(10));
    let of = world.oracles[0];
    world.simulation.send(&world.asker, Order::Ask { of, secs: 3 });
    world.simulation.kill_at(at(1_000), &world.asker).unwrap();
    assert!(matches!(world.simulation.run(), Ok(Outcome::Idle { .. })));
    assert_eq!(world.simulation.counts().undeliverable, 1, "the answer met nobody");
    assert!(world.simulation.unanswered().is_empty());
}

#[test]
fn a_stuck_run_names_who_waits_for_whom() {
    let mut world = world(Span::from_millis(10));
    let of = world.oracles[0];
    world.simulation.send_at(at(12_500), &world.asker, Order::AskInVain { of }).unwrap();
    assert_eq!(world.simulation.run(), Ok(Outcome::Stuck { since: world.simulation.now() }));
    let unanswered = world.simulation.unanswered();
    assert_eq!(unanswered.len(), 1);
    assert_eq!(
        (unanswered[0].asker.as_str(), unanswered[0].asked.as_str(), unanswered[0].since),
        ("asker", "oracle[0]", at(12_500)),
    );
}
