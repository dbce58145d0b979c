//! Restarts, escalation, checkpoints, watching, finding, and what is kept of
//! the undeliverable.

mod checkpoints;
mod escalation;
mod finding;
mod incarnations;
mod panics;
mod policies;
mod siblings;
mod undeliverable;
mod watching;

use crate::engine::{Log, secs};
use flagfall::{
    Actor, ActorRef, Config, Context, DeathNotice, Latency, Message, Record, RecordKind, ReplyTo,
    RequestError, Restart, Simulation, Span, Timer, VirtualTime, Watch,
};
use std::rc::Rc;

#[derive(Debug, Message)]
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
    Ask {
        of: ActorRef<Do>,
        wait: bool,
    },
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
    simulation.send_at(VirtualTime::from_millis(millis), to, message).unwrap();
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
    (*boss, children)
}
