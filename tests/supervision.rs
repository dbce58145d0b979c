//! Restarts, escalation, checkpoints, watching, finding, and what is kept of
//! the undeliverable.

use crate::engine::{Log, at, secs};
use flagfall::{
    Actor, ActorRef, Config, Context, DeathCause, DeathNotice, ErrorKind, EventListKind, FindError,
    Latency, Outcome, Record, RecordKind, ReplyTo, RequestError, Restart, Simulation, Span, Spawn,
    Timer, VirtualTime, Watch,
};
use std::rc::Rc;

flagfall::message! {
    enum Do {
        Count,
        Save,
        Fail,
        Stop,
        Sleep(u64),
        /// A timer and a message scheduled for itself, that many seconds on.
        Later(u64),
        /// A message it sends to itself.
        SendSelf,
        Question(ReplyTo<u64>),
        /// Answers the last question after that many seconds.
        Keep(ReplyTo<u64>),
        Answer,
        Ask { of: ActorRef<Do>, wait: bool },
        AskBoth(ActorRef<Do>),
        Told(Result<u64, RequestError>),
        AllTold(Vec<Result<u64, RequestError>>),
        Hire,
        Look(ActorRef<Do>),
        LookAway,
        Gone(DeathNotice),
        Kill(ActorRef<Do>),
        Dismiss(ActorRef<Do>),
        Draw,
        End,
    }
}

/// The children to have, by name and policy.
type Hires = Rc<Vec<(&'static str, Restart)>>;

#[derive(Default)]
struct Node {
    hires: Hires,
    count: u64,
    kept: Vec<ReplyTo<u64>>,
    timer: Option<Timer>,
    told: Vec<Result<u64, RequestError>>,
    watch: Option<Watch>,
    gone: Vec<(VirtualTime, DeathNotice)>,
    drawn: Vec<u64>,
}

impl Actor for Node {
    type Message = Do;
    fn handle(&mut self, message: Do, context: &mut Context<'_, Do>) {
        match message {
            Do::Count => self.count += 1,
            Do::Save => context.checkpoint(self.count),
            Do::Fail => context.fail(format!("after {}", self.count)),
            Do::Stop => context.stop(),
            Do::Sleep(span) => context.hold(secs(span), Do::Count),
            Do::Later(span) => {
                self.timer = Some(context.set_timer(secs(span), Do::Count));
                context.schedule(secs(span), Do::Count);
            }
            Do::SendSelf => {
                let me = context.me();
                context.send(&me, Do::Count);
            }
            Do::Question(reply) => {
                self.count += 1;
                context.reply(reply, self.count);
            }
            Do::Keep(reply) => self.kept.push(reply),
            Do::Answer => {
                for reply in self.kept.drain(..) {
                    context.reply(reply, 7);
                }
            }
            Do::Ask { of, wait: true } => context.ask(&of, Do::Keep, Do::Told),
            Do::Ask { of, wait: false } => context.request(&of, Do::Question, Do::Told),
            Do::AskBoth(of) => context.ask_all(&[of, of], Do::Keep, Do::AllTold),
            Do::Told(answer) => self.told.push(answer),
            Do::AllTold(answers) => self.told.extend(answers),
            Do::Hire => {
                for (name, policy) in self.hires.iter() {
                    context.spawn_supervised(*name, *policy, Node::default);
                }
            }
            Do::Look(at) => self.watch = Some(context.watch(&at, Do::Gone)),
            Do::LookAway => {
                let watch = self.watch.take().expect("it watches");
                assert!(context.unwatch(watch));
                assert!(!context.unwatch(watch), "once");
            }
            Do::Gone(notice) => self.gone.push((context.now(), notice)),
            Do::Kill(victim) => context.kill(&victim),
            Do::Dismiss(victim) => context.dismiss(&victim),
            Do::Draw => {
                let mut stream = context.stream("draws");
                self.drawn = (0..4).map(|_| stream.below(1_000_000)).collect();
            }
            Do::End => {}
        }
    }
}

fn simulation(latency: u64) -> Simulation {
    let latency = Latency::Fixed(Span::from_millis(latency));
    Simulation::new(Config::new(1).latency(latency))
}

/// Deaths and restarts, as lines.
fn fates(simulation: &mut Simulation) -> Log<String> {
    let log = Log::default();
    let fates = Rc::clone(&log);
    simulation.observe(move |record: &Record<'_>| {
        if matches!(record.kind, RecordKind::Died(_) | RecordKind::Restarted) {
            fates.borrow_mut().push(format!("{} {} {}", record.time, record.receiver, record.kind));
        }
    });
    log
}

fn send_at(simulation: &mut Simulation, millis: u64, to: &ActorRef<Do>, message: Do) {
    simulation.send_at(VirtualTime::ZERO + Span::from_millis(millis), to, message);
}

fn count(simulation: &Simulation, node: &ActorRef<Do>) -> Option<u64> {
    simulation.inspect::<Node>(node).map(|node| node.count)
}

/// A boss with children `a`, `b`, ... of these policies; itself restarted
/// always. After the first event they are there.
fn family(
    simulation: &mut Simulation,
    hires: &[(&'static str, Restart)],
) -> (ActorRef<Do>, Vec<ActorRef<Do>>) {
    let list: Hires = Rc::new(hires.to_vec());
    let make = move || Node { hires: Rc::clone(&list), ..Node::default() };
    let boss = simulation.spawn_supervised("boss", Restart::always(), make);
    simulation.send(&boss, Do::Hire);
    simulation.step().unwrap();
    let find = |(name, _): &(&str, Restart)| simulation.find(&format!("boss/{name}")).unwrap();
    let children = hires.iter().map(find).collect();
    (boss, children)
}

/// Which ends a policy survives.
fn check_policy(policy: Restart, survives: [bool; 4]) {
    type End = fn(&mut Simulation, &ActorRef<Do>);
    let ends: [(End, bool); 4] = [
        (|simulation, node| simulation.send(node, Do::Fail), survives[0]),
        (|simulation, node| simulation.kill_at(simulation.now(), node), survives[1]),
        (|simulation, node| simulation.send(node, Do::Stop), survives[2]),
        (|simulation, node| simulation.dismiss_at(simulation.now(), node), survives[3]),
    ];
    for (number, (end, survives)) in ends.into_iter().enumerate() {
        let mut simulation = simulation(0);
        let node = simulation.spawn_supervised("node", policy, Node::default);
        simulation.send(&node, Do::Count);
        end(&mut simulation, &node);
        assert_eq!(simulation.run(), Ok(Outcome::Idle));
        assert_eq!(simulation.is_alive(node.id()), survives, "{policy:?}, end {number}");
        assert_eq!(simulation.live_actors(), u64::from(survives));
        assert_eq!(simulation.restarts(node.id()), survives.then_some(1));
        simulation.send(&node, Do::Count);
        simulation.run().unwrap();
        assert_eq!(count(&simulation, &node), survives.then_some(1), "a new state, the same name");
        assert_eq!(simulation.counts().undeliverable, u64::from(!survives));
    }
}

#[test]
fn each_policy_survives_what_it_says() {
    //                                     fail   kill   stop   dismiss
    check_policy(Restart::never(), [false, false, false, false]);
    check_policy(Restart::on_failure(), [true, false, false, false]);
    check_policy(Restart::always(), [true, true, true, false]);
}

#[test]
fn the_waiting_is_lost_and_the_hold_forgotten() {
    let mut simulation = simulation(0);
    let lost = fates(&mut simulation);
    let node = simulation.spawn_supervised("node", Restart::always(), Node::default);
    simulation.send(&node, Do::Sleep(60));
    for _ in 0..3 {
        send_at(&mut simulation, 1_000, &node, Do::Count);
    }
    simulation.kill_at(at(2), &node);
    send_at(&mut simulation, 3_000, &node, Do::Count);
    assert_eq!(simulation.run(), Ok(Outcome::Idle));
    assert_eq!(simulation.now(), at(3));
    let counts = simulation.counts();
    assert_eq!((counts.handled, counts.undeliverable, counts.cancelled), (2, 3, 1));
    assert_eq!(count(&simulation, &node), Some(1));
    assert_eq!(lost.take(), ["2s node died: killed", "2s node restarted"]);
}

#[test]
fn what_arrives_during_the_startup_waits() {
    let mut simulation = simulation(0);
    let spawn = Spawn::named("node").startup(secs(5));
    let node = simulation.spawn_supervised(spawn, Restart::always(), Node::default);
    send_at(&mut simulation, 6_000, &node, Do::Fail);
    send_at(&mut simulation, 7_000, &node, Do::Count);
    // A kill in the start-up begins another.
    simulation.kill_at(at(8), &node);
    send_at(&mut simulation, 9_000, &node, Do::Count);
    simulation.run_until(VirtualTime::ZERO + Span::from_millis(12_999)).unwrap();
    assert_eq!(simulation.mailbox_length(&node), Some(1));
    assert_eq!(simulation.run(), Ok(Outcome::Idle));
    assert_eq!((simulation.now(), count(&simulation, &node)), (at(13), Some(1)));
    assert_eq!(simulation.restarts(node.id()), Some(2));
}

#[test]
fn what_an_incarnation_had_coming_does_not_reach_the_next() {
    let mut simulation = simulation(10);
    let node = simulation.spawn_supervised("node", Restart::always(), Node::default);
    let other = simulation.spawn("other", Node::default());
    simulation.send(&node, Do::Later(10));
    simulation.send(&node, Do::Ask { of: other, wait: false });
    simulation.send(&node, Do::Ask { of: other, wait: true });
    // The answer to the request is under way, the other never comes.
    send_at(&mut simulation, 15, &node, Do::Count);
    simulation.kill_at(VirtualTime::ZERO + Span::from_millis(15), &node);
    send_at(&mut simulation, 1_000, &other, Do::Answer);
    send_at(&mut simulation, 2_000, &node, Do::Count);
    assert_eq!(simulation.run(), Ok(Outcome::Idle));
    let state = simulation.inspect::<Node>(&node).unwrap();
    assert_eq!((state.count, state.told.len()), (1, 0), "neither timer nor answer");
    // In the mailbox, the answer, the timer, what was scheduled.
    assert_eq!(simulation.counts().undeliverable, 4);
    assert_eq!(simulation.pending_messages(), 0);
    assert!(simulation.unanswered().is_empty());
}

#[test]
fn a_gather_of_the_dead_is_given_up() {
    let mut simulation = simulation(10);
    let node = simulation.spawn_supervised("node", Restart::always(), Node::default);
    let other = simulation.spawn("other", Node::default());
    for second in 0..3 {
        send_at(&mut simulation, 1_000 * second, &node, Do::AskBoth(other));
        simulation.kill_at(VirtualTime::ZERO + Span::from_millis(1_000 * second + 500), &node);
    }
    send_at(&mut simulation, 5_000, &other, Do::Answer);
    send_at(&mut simulation, 6_000, &node, Do::AskBoth(other));
    send_at(&mut simulation, 7_000, &other, Do::Answer);
    assert_eq!(simulation.run(), Ok(Outcome::Idle));
    assert_eq!(simulation.inspect::<Node>(&node).unwrap().told, [Ok(7), Ok(7)]);
    assert_eq!(simulation.counts().undeliverable, 0);
}

#[test]
fn requests_fail_and_are_not_done_as_well() {
    let mut simulation = simulation(10);
    let node = simulation.spawn_supervised("node", Restart::always(), Node::default);
    let asker = simulation.spawn("asker", Node::default());
    simulation.send(&asker, Do::Ask { of: node, wait: false });
    // The question is under way; so is a message without an asker.
    simulation.kill_at(VirtualTime::ZERO + Span::from_millis(5), &node);
    send_at(&mut simulation, 1_000, &asker, Do::Ask { of: node, wait: false });
    assert_eq!(simulation.run(), Ok(Outcome::Idle));
    let failed = Err(RequestError { actor: "node".into(), cause: DeathCause::Killed });
    assert_eq!(simulation.inspect::<Node>(&asker).unwrap().told, [failed, Ok(1)]);
    assert_eq!(simulation.counts().undeliverable, 1);
}

#[test]
fn messages_under_way_reach_the_next_incarnation() {
    let mut simulation = simulation(10);
    let node = simulation.spawn_supervised("node", Restart::always(), Node::default);
    simulation.send(&node, Do::SendSelf);
    simulation.kill_at(VirtualTime::ZERO + Span::from_millis(5), &node);
    simulation.run().unwrap();
    assert_eq!(count(&simulation, &node), Some(1));
}

#[test]
fn the_bound_is_exact_at_its_edge() {
    let check = |millis: &[u64], nanos: u64, survives: bool| {
        let mut simulation = simulation(0);
        let policy = Restart::on_failure().at_most(2, secs(60));
        let node = simulation.spawn_supervised("node", policy, Node::default);
        for millis in millis {
            send_at(&mut simulation, *millis, &node, Do::Fail);
        }
        simulation.send_at(VirtualTime::from_nanos(nanos), &node, Do::Fail);
        simulation.run().unwrap();
        assert_eq!(simulation.is_alive(node.id()), survives, "{millis:?} {nanos}");
    };
    check(&[10_000], 10_000_000_000, true);
    check(&[10_000, 10_000], 10_000_000_000, false);
    check(&[10_000, 30_000], 69_999_999_999, false);
    check(&[10_000, 30_000], 70_000_000_000, true);
    // The window slides; it does not begin anew.
    check(&[10_000, 30_000, 70_000], 89_999_999_999, false);
    check(&[10_000, 30_000, 70_000], 90_000_000_000, true);
}

#[test]
fn no_restart_at_all_is_a_bound_too() {
    let mut simulation = simulation(10);
    let fates = fates(&mut simulation);
    let (_, children) =
        family(&mut simulation, &[("a", Restart::always().at_most(0, Span::from_nanos(1)))]);
    simulation.send(&children[0], Do::Fail);
    simulation.run().unwrap();
    let expected = ["0s boss/a died: failed", "0.01s boss died: a child failed too often"];
    assert_eq!(fates.take()[..2], expected);
}

#[test]
fn an_exceeded_bound_fails_the_supervisor() {
    let mut simulation = simulation(10);
    let fates = fates(&mut simulation);
    let policy = Restart::on_failure().at_most(1, secs(60));
    let (boss, children) = family(&mut simulation, &[("a", policy), ("b", policy)]);
    send_at(&mut simulation, 1_000, &children[0], Do::Fail);
    send_at(&mut simulation, 2_000, &children[0], Do::Fail);
    send_at(&mut simulation, 2_005, &boss, Do::Count);
    assert_eq!(simulation.run(), Ok(Outcome::Idle));
    let expected = [
        "1s boss/a died: failed",
        "1s boss/a restarted",
        "2s boss/a died: failed",
        "2.01s boss died: a child failed too often",
        "2.01s boss restarted",
        "2.02s boss/b died: owner died",
    ];
    assert_eq!(fates.take(), expected);
    assert_eq!((simulation.live_actors(), count(&simulation, &boss)), (1, Some(0)));
    // The names are free again.
    simulation.send(&boss, Do::Hire);
    simulation.run().unwrap();
    assert_eq!(simulation.live_actors(), 3);
}

#[test]
fn escalation_goes_up_until_somebody_bears_it() {
    struct Level(u32);
    impl Actor for Level {
        type Message = ();
        fn handle(&mut self, (): (), context: &mut Context<'_, ()>) {
            let below = self.0.checked_sub(1);
            let Some(below) = below else { return context.fail("the lowest") };
            // The uppermost is restarted as often as needed.
            let policy = Restart::on_failure().at_most(1, Span::MAX);
            let child = context.spawn_supervised("level", policy, move || Level(below));
            context.send(&child, ());
        }
    }
    let mut simulation = simulation(1);
    let fates = fates(&mut simulation);
    let top = simulation.spawn_supervised("top", Restart::on_failure(), || Level(2));
    for _ in 0..4 {
        simulation.send(&top, ());
        simulation.run().unwrap();
        let lowest = simulation.find::<()>("top/level/level");
        if let Ok(lowest) = lowest {
            simulation.send(&lowest, ());
            simulation.run().unwrap();
        }
        let middle = simulation.find::<()>("top/level");
        if let Ok(middle) = middle {
            simulation.send(&middle, ());
            simulation.run().unwrap();
        }
        simulation.find::<()>("top/level/level").ok().inspect(|lowest| {
            simulation.send(lowest, ());
        });
        simulation.run().unwrap();
        if simulation.restarts(top.id()) > Some(0) {
            break;
        }
    }
    let fates = fates.take();
    let died = |path: &str, cause: DeathCause| {
        let line = format!(" {path} {}", RecordKind::Died(cause));
        fates.iter().filter(|fate| fate.ends_with(&line)).count()
    };
    assert_eq!(died("top/level/level", DeathCause::Failed), 4, "twice in each of two lives");
    assert_eq!(died("top/level", DeathCause::Escalated), 2);
    assert_eq!(died("top", DeathCause::Escalated), 1);
    assert_eq!(simulation.live_actors(), 1);
}

#[test]
fn whoever_just_stays_dead_troubles_nobody() {
    let mut simulation = simulation(10);
    let policy = Restart::always().at_most(1, Span::MAX).or_stay_dead();
    let (boss, children) = family(&mut simulation, &[("a", policy)]);
    for second in 1..4 {
        send_at(&mut simulation, 1_000 * second, &children[0], Do::Fail);
    }
    simulation.run().unwrap();
    assert!(simulation.is_alive(boss.id()) && !simulation.is_alive(children[0].id()));
    assert_eq!(simulation.restarts(boss.id()), Some(0));
}

#[test]
fn news_of_an_escalation_ends_only_the_life_it_was_sent_to() {
    let mut simulation = simulation(10);
    let policy = Restart::on_failure().at_most(0, secs(1));
    let (boss, children) = family(&mut simulation, &[("a", policy)]);
    send_at(&mut simulation, 1_000, &children[0], Do::Fail);
    simulation.kill_at(VirtualTime::ZERO + Span::from_millis(1_005), &boss);
    simulation.run().unwrap();
    assert_eq!(simulation.restarts(boss.id()), Some(1), "killed, and not failed as well");
}

#[test]
fn one_for_one_and_all_for_one() {
    let one = Restart::on_failure();
    let all = one.together();
    let mut simulation = simulation(10);
    let hires =
        [("a", all), ("b", all), ("c", one), ("d", all), ("e", Restart::never().together())];
    let (_, children) = family(&mut simulation, &hires);
    for child in &children {
        simulation.send(child, Do::Count);
    }
    let fates = fates(&mut simulation);
    send_at(&mut simulation, 1_000, &children[2], Do::Fail);
    send_at(&mut simulation, 2_000, &children[1], Do::Fail);
    simulation.run().unwrap();
    let expected = [
        "1s boss/c died: failed",
        "1s boss/c restarted",
        "2s boss/b died: failed",
        "2s boss/b restarted",
        "2.01s boss/a died: restarted with a sibling",
        "2.01s boss/a restarted",
        "2.01s boss/d died: restarted with a sibling",
        "2.01s boss/d restarted",
    ];
    assert_eq!(fates.take(), expected);
    let counts: Vec<_> = children.iter().map(|child| count(&simulation, child)).collect();
    assert_eq!(counts, [Some(0), Some(0), Some(0), Some(0), Some(1)]);
}

#[test]
fn siblings_that_fail_at_once_restart_once() {
    let mut simulation = simulation(10);
    let all = Restart::on_failure().at_most(1, secs(1)).together();
    let (_, children) = family(&mut simulation, &[("a", all), ("b", all)]);
    for child in &children {
        send_at(&mut simulation, 1_000, child, Do::Fail);
    }
    simulation.run().unwrap();
    let restarts: Vec<_> = children.iter().map(|child| simulation.restarts(child.id())).collect();
    assert_eq!(restarts, [Some(1), Some(1)]);
}

#[test]
fn restarts_with_siblings_count_under_each_bound() {
    let mut simulation = simulation(10);
    let all = Restart::on_failure().together();
    let hires = [("a", all), ("b", all.at_most(1, secs(60)))];
    let (boss, children) = family(&mut simulation, &hires);
    send_at(&mut simulation, 1_000, &children[0], Do::Fail);
    send_at(&mut simulation, 2_000, &children[0], Do::Fail);
    simulation.run().unwrap();
    assert_eq!(simulation.restarts(boss.id()), Some(1), "the second was one too many for b");
}

#[test]
fn actors_that_nobody_owns_are_siblings() {
    let mut simulation = simulation(10);
    let all = Restart::on_failure().together();
    let [a, b] = ["a", "b"].map(|name| simulation.spawn_supervised(name, all, Node::default));
    simulation.send(&b, Do::Count);
    simulation.send(&a, Do::Fail);
    simulation.run().unwrap();
    assert_eq!((simulation.restarts(b.id()), count(&simulation, &b)), (Some(1), Some(0)));
}

#[test]
fn a_checkpoint_survives_and_follows_the_path() {
    let mut simulation = simulation(0);
    let restored =
        |saved: Option<&u64>| Node { count: saved.copied().unwrap_or(100), ..Node::default() };
    let node = simulation.spawn_restored("node", Restart::always(), restored);
    for message in [Do::Save, Do::Count, Do::Count, Do::Save, Do::Count, Do::Fail, Do::Count] {
        send_at(&mut simulation, 0, &node, message);
        simulation.run().unwrap();
    }
    assert_eq!(count(&simulation, &node), Some(103));
    simulation.dismiss_at(VirtualTime::ZERO, &node);
    simulation.run().unwrap();
    let node = simulation.spawn_restored("node", Restart::always(), restored);
    let other = simulation.spawn_restored("other", Restart::always(), restored);
    let counts = [count(&simulation, &node), count(&simulation, &other)];
    assert_eq!(counts, [Some(102), Some(100)], "a later actor of the path has it, too");
}

#[test]
fn a_checkpoint_of_another_type_is_named() {
    let mut simulation = simulation(0);
    let node =
        simulation.spawn_restored("node", Restart::always(), |_: Option<&String>| Node::default());
    simulation.send(&node, Do::Save);
    simulation.send(&node, Do::Fail);
    let error = simulation.run().unwrap_err();
    let (saved, wanted) = ("u64", "alloc::string::String");
    let kind = ErrorKind::CheckpointType { path: "node".into(), saved, wanted };
    assert_eq!((error.kind.clone(), error.event), (kind, 2));
    assert!(error.to_string().contains("save and restore one type"), "{error}");
}

#[test]
fn a_bound_over_no_time_is_refused() {
    let mut simulation = simulation(0);
    let policy = Restart::always().at_most(3, Span::ZERO);
    simulation.spawn_supervised("node", policy, Node::default);
    let error = simulation.run().unwrap_err();
    assert_eq!(error.kind, ErrorKind::EmptyRestartSpan { name: "node".into() });
    assert!(error.to_string().contains("give Restart::at_most a longer span"), "{error}");
    let (_, kind) = {
        let mut simulation = self::simulation(0);
        let hires: Hires = Rc::new(vec![("a", policy)]);
        let boss = simulation.spawn("boss", Node { hires, ..Node::default() });
        simulation.send(&boss, Do::Hire);
        (boss, simulation.run().unwrap_err().kind)
    };
    assert_eq!(kind, ErrorKind::EmptyRestartSpan { name: "a".into() });
}

#[test]
fn each_incarnation_has_its_own_streams() {
    let drawn = |restarts: u64| {
        let mut simulation = simulation(0);
        let node = simulation.spawn_supervised("node", Restart::always(), Node::default);
        for second in 0..restarts {
            simulation.kill_at(at(second), &node);
        }
        send_at(&mut simulation, 10_000, &node, Do::Draw);
        simulation.run().unwrap();
        simulation.inspect::<Node>(&node).unwrap().drawn.clone()
    };
    assert_ne!(drawn(0), drawn(1));
    assert_ne!(drawn(1), drawn(2));
    assert_eq!(drawn(2), drawn(2));
    // As if another actor of that path had come after it.
    let mut simulation = simulation(0);
    let first = simulation.spawn("node", Node::default());
    simulation.send(&first, Do::Stop);
    simulation.run().unwrap();
    let second = simulation.spawn("node", Node::default());
    simulation.send(&second, Do::Draw);
    simulation.run().unwrap();
    assert_eq!(simulation.inspect::<Node>(&second).unwrap().drawn, drawn(1));
}

#[test]
fn children_of_a_lost_life_free_their_names_at_once() {
    let mut simulation = simulation(10);
    let fates = fates(&mut simulation);
    let (boss, old) = family(&mut simulation, &[("a", Restart::always())]);
    simulation.kill_at(at(1), &boss);
    // Before the news has reached the old child.
    send_at(&mut simulation, 1_001, &boss, Do::Hire);
    // Its supervisor is gone: nothing brings it back.
    send_at(&mut simulation, 1_002, &old[0], Do::Fail);
    simulation.run_until(VirtualTime::ZERO + Span::from_millis(1_001)).unwrap();
    let new = simulation.find::<Do>("boss/a").unwrap();
    assert_ne!(new, old[0]);
    simulation.run().unwrap();
    assert!(simulation.is_alive(new.id()) && !simulation.is_alive(old[0].id()));
    assert_eq!(
        fates.take(),
        ["1s boss died: killed", "1s boss restarted", "1.002s boss/a died: failed"]
    );
}

/// What a watcher is told of deaths, as (millis, path, cause, restarted).
fn told(simulation: &Simulation, watcher: &ActorRef<Do>) -> Vec<(u64, String, DeathCause, bool)> {
    let gone = &simulation.inspect::<Node>(watcher).unwrap().gone;
    let millis = |time: VirtualTime| time.as_nanos() / 1_000_000;
    let notice = |(time, notice): &(VirtualTime, DeathNotice)| {
        (millis(*time), notice.path.clone(), notice.cause, notice.restarted)
    };
    gone.iter().map(notice).collect()
}

#[test]
fn a_watcher_hears_of_each_death_after_the_latency() {
    let mut simulation = simulation(10);
    let policy = Restart::on_failure().at_most(1, secs(60));
    let (boss, children) = family(&mut simulation, &[("a", policy.or_stay_dead())]);
    let watcher = simulation.spawn("watcher", Node::default());
    simulation.send(&watcher, Do::Look(children[0]));
    simulation.send(&watcher, Do::Look(boss));
    send_at(&mut simulation, 900, &children[0], Do::Count);
    send_at(&mut simulation, 1_000, &children[0], Do::Fail);
    send_at(&mut simulation, 2_000, &children[0], Do::Fail);
    simulation.dismiss_at(at(3), &boss);
    simulation.run().unwrap();
    let child = || "boss/a".to_owned();
    let expected = [
        (1_010, child(), DeathCause::Failed, true),
        (2_010, child(), DeathCause::Failed, false),
        (3_010, "boss".to_owned(), DeathCause::Killed, false),
    ];
    assert_eq!(told(&simulation, &watcher), expected);
    let first = &simulation.inspect::<Node>(&watcher).unwrap().gone[0].1;
    assert_eq!((first.reason.as_str(), first.when), ("after 1", Some(at(1))));
    assert_eq!(first.who, children[0].id());
    let last = &simulation.inspect::<Node>(&watcher).unwrap().gone[2].1;
    assert_eq!(last.reason, "");
}

#[test]
fn the_dead_give_notice_at_once() {
    let mut simulation = simulation(10);
    let [node, watcher] = ["node", "watcher"].map(|name| simulation.spawn(name, Node::default()));
    simulation.send(&node, Do::Stop);
    send_at(&mut simulation, 1_000, &watcher, Do::Look(node));
    simulation.run().unwrap();
    let expected = [(1_010, "node".to_owned(), DeathCause::Finished, false)];
    assert_eq!(told(&simulation, &watcher), expected);
    let (_, notice) = &simulation.inspect::<Node>(&watcher).unwrap().gone[0];
    assert_eq!((notice.when, notice.reason.as_str()), (None, ""));
}

#[test]
fn who_looks_away_or_dies_is_told_nothing() {
    let mut simulation = simulation(10);
    let [node, watcher] = ["node", "watcher"].map(|name| simulation.spawn(name, Node::default()));
    let ward = simulation.spawn_supervised("ward", Restart::always(), Node::default);
    for watcher in [watcher, ward] {
        simulation.send(&watcher, Do::Look(node));
    }
    send_at(&mut simulation, 1_000, &watcher, Do::LookAway);
    // Its watch ends with the life that began it.
    send_at(&mut simulation, 1_000, &ward, Do::Fail);
    send_at(&mut simulation, 2_000, &node, Do::Stop);
    let before = simulation.counts().undeliverable;
    simulation.run().unwrap();
    for watcher in [watcher, ward] {
        assert!(told(&simulation, &watcher).is_empty());
    }
    assert_eq!(simulation.counts().undeliverable, before);
}

#[test]
fn a_process_is_watched_like_an_actor() {
    let mut simulation = simulation(10);
    let process =
        simulation.process("process", |p: flagfall::Process| async move { p.sleep(secs(5)).await });
    struct Watcher(Log<DeathCause>, flagfall::ProcessRef<(), ()>);
    impl Actor for Watcher {
        type Message = Option<DeathCause>;
        fn handle(&mut self, cause: Self::Message, context: &mut Context<'_, Self::Message>) {
            match cause {
                None => drop(context.watch(&self.1, |notice| Some(notice.cause))),
                Some(cause) => self.0.borrow_mut().push(cause),
            }
        }
    }
    let log = Log::default();
    let watcher = simulation.spawn("watcher", Watcher(Rc::clone(&log), process));
    simulation.send(&watcher, None);
    simulation.run().unwrap();
    assert_eq!(log.take(), [DeathCause::Finished]);
}

#[test]
fn kills_and_dismissals_from_within() {
    let mut simulation = simulation(10);
    let node = simulation.spawn_supervised("node", Restart::always(), Node::default);
    let other = simulation.spawn("other", Node::default());
    simulation.send(&other, Do::Kill(node));
    simulation.run().unwrap();
    assert_eq!(simulation.restarts(node.id()), Some(1));
    simulation.send(&other, Do::Dismiss(node));
    simulation.run().unwrap();
    assert_eq!((simulation.restarts(node.id()), simulation.live_actors()), (None, 1));
}

#[test]
fn actors_are_found_by_path_and_type() {
    let mut simulation = simulation(10);
    let (boss, children) = family(&mut simulation, &[("a", Restart::never())]);
    let numbered = simulation.spawn(("node", 7), Node::default());
    assert_eq!(simulation.find("boss"), Ok(boss));
    assert_eq!(simulation.find("boss/a"), Ok(children[0]));
    assert_eq!(simulation.find("node[7]"), Ok(numbered));
    for path in ["", "node", "node[8]", "node[07]", "a", "boss/", "/boss", "boss/a/a"] {
        let error = simulation.find::<Do>(path).unwrap_err();
        if path != "node[07]" {
            assert_eq!(error, FindError::Unknown { path: path.into() });
        }
    }
    let error = simulation.find::<u64>("boss").unwrap_err();
    assert_eq!(error, FindError::OtherType { path: "boss".into(), wanted: "u64" });
    assert!(error.to_string().starts_with("boss does not take messages of type u64"), "{error}");
    simulation.send(&children[0], Do::Stop);
    simulation.run().unwrap();
    let error = simulation.find::<Do>("boss/a").unwrap_err();
    assert_eq!(error, FindError::Dead { path: "boss/a".into() });
    assert!(error.to_string().contains("spawn it supervised"), "{error}");
}

#[test]
fn the_undeliverable_are_kept_for_inspection_only() {
    let run = |kept: usize, digest: bool| {
        let latency = Latency::Fixed(Span::from_millis(10));
        let config = Config::new(1).latency(latency).keep_undeliverable(kept).digest(digest);
        let mut simulation = Simulation::new(config);
        let policy = Restart::on_failure();
        let (boss, children) = family(&mut simulation, &[("a", policy)]);
        simulation.send(&boss, Do::Ask { of: children[0], wait: false });
        send_at(&mut simulation, 5, &children[0], Do::Fail);
        simulation.dismiss_at(at(1), &children[0]);
        send_at(&mut simulation, 2_000, &children[0], Do::Count);
        send_at(&mut simulation, 3_000, &children[0], Do::Sleep(3));
        simulation.run().unwrap();
        assert_eq!(simulation.counts().undeliverable, 3);
        let lines = simulation.undeliverable().iter().map(ToString::to_string).collect();
        (simulation.digest(), lines)
    };
    let all: Vec<String> = run(9, false).1;
    let expected = [
        "0.010000000 boss to boss/a (failed): Question(request 0)",
        "2.000000000 outside to boss/a (killed): Count",
        "3.000000000 outside to boss/a (killed): Sleep(3)",
    ];
    assert_eq!(all, expected);
    assert_eq!(run(2, true).1, expected[1..], "the newest");
    assert!(run(0, true).1.is_empty());
    assert_eq!(run(0, true).0, run(9, true).0);
}

#[test]
fn both_event_lists_restart_alike() {
    let run = |list: EventListKind| {
        let latency = Latency::Uniform { low: Span::ZERO, high: Span::from_millis(3) };
        let config = Config::new(1).latency(latency).event_list(list);
        let mut simulation = Simulation::new(config);
        let all = Restart::always().at_most(5, secs(1)).together();
        let (boss, children) = family(&mut simulation, &[("a", all), ("b", all), ("c", all)]);
        for number in 0..200_u64 {
            let child = &children[number as usize % 3];
            send_at(&mut simulation, 7 * number, child, Do::Later(1));
            if number % 11 == 0 {
                send_at(&mut simulation, 7 * number, child, Do::Fail);
            }
            if number % 70 == 0 {
                send_at(&mut simulation, 7 * number, &boss, Do::Hire);
            }
        }
        let outcome = simulation.run();
        (simulation.digest(), simulation.events(), outcome.map_err(|error| error.to_string()))
    };
    assert_eq!(run(EventListKind::Ladder), run(EventListKind::PriorityQueue));
}
