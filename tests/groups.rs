//! Groups, broadcasts, and the first of several answers.

use flagfall::{
    Actor, ActorRef, Config, Context, ErrorKind, Group, Latency, Message, ReplyTo, RequestError,
    Simulation, Span, VirtualTime,
};
use std::rc::Rc;

#[derive(Clone, Debug, Message)]
enum Word {
    Say(Rc<String>),
}

#[derive(Debug, Message)]
enum ClientMessage {
    Begin,
    First(Result<u64, RequestError>),
    Tell(Rc<String>),
}

#[derive(Default)]
struct Listener {
    heard: Vec<(VirtualTime, Rc<String>)>,
}
impl Actor for Listener {
    type Message = Word;
    fn handle(&mut self, Word::Say(word): Word, context: &mut Context<'_, Word>) {
        self.heard.push((context.now(), word));
    }
}

/// Answers after a while; never, if that is zero.
struct Server {
    number: u64,
    works: Span,
    reply: Option<ReplyTo<u64>>,
}

#[derive(Debug, Message)]
enum ServerMessage {
    Ask(ReplyTo<u64>),
    Done,
}

impl Actor for Server {
    type Message = ServerMessage;
    fn handle(&mut self, message: ServerMessage, context: &mut Context<'_, ServerMessage>) {
        match message {
            ServerMessage::Ask(reply) => {
                self.reply = Some(reply);
                if self.works > Span::ZERO {
                    context.hold(self.works, ServerMessage::Done);
                }
            }
            ServerMessage::Done => {
                let reply = self.reply.take().expect("it was asked");
                context.reply(reply, self.number);
            }
        }
    }
}

struct Client {
    servers: Vec<ActorRef<ServerMessage>>,
    listeners: Option<Group<Word>>,
    answers: Vec<(VirtualTime, Result<u64, RequestError>)>,
}
impl Actor for Client {
    type Message = ClientMessage;
    fn handle(&mut self, message: ClientMessage, context: &mut Context<'_, ClientMessage>) {
        match message {
            ClientMessage::Begin => {
                context.ask_first(&self.servers, ServerMessage::Ask, ClientMessage::First);
            }
            ClientMessage::First(answer) => self.answers.push((context.now(), answer)),
            ClientMessage::Tell(word) => {
                let members = self.listeners.expect("it has some").members(context);
                context.broadcast(&members, Word::Say(word));
            }
        }
    }
}

fn secs(secs: u64) -> VirtualTime {
    VirtualTime::from_secs(secs)
}

/// Asks servers that work for so many seconds, over links of so many seconds
/// each way; the client's answers.
fn race(servers: &[(u64, u64)], kill: &[usize]) -> Vec<(VirtualTime, Result<u64, RequestError>)> {
    let mut config = Config::new(1);
    for (number, (_, latency)) in servers.iter().enumerate() {
        let (path, latency) =
            (format!("server[{number}]"), Latency::Fixed(Span::from_secs(*latency)));
        config = config.link(&path, "client", latency);
    }
    let mut simulation = Simulation::new(config);
    let works = (0..).zip(servers).map(|(number, (works, _))| {
        let works = Span::from_secs(*works);
        let server = Server { number: u64::from(number), works, reply: None };
        *simulation.spawn(("server", number), server)
    });
    let servers: Vec<_> = works.collect();
    for victim in kill {
        simulation.kill_at(secs(1 + *victim as u64), &servers[*victim]).unwrap();
    }
    let client = Client { servers, listeners: None, answers: Vec::new() };
    let client = simulation.spawn("client", client);
    simulation.send(&client, ClientMessage::Begin);
    simulation.run().expect("no errors");
    let counts = simulation.counts();
    assert_eq!(counts.pending(), simulation.pending_messages());
    simulation[&client].answers.clone()
}

#[test]
fn the_first_answer_counts_and_the_others_are_forgotten() {
    assert_eq!(race(&[(5, 0), (3, 0), (4, 0)], &[]), [(secs(3), Ok(1))]);
    assert_eq!(race(&[(3, 0), (3, 0)], &[]), [(secs(3), Ok(0))], "asked first, answers first");
}

#[test]
fn an_answer_given_later_may_arrive_first() {
    // Given at 1 s, 2 s and 3 s; arriving at 11 s, 7 s and 4 s.
    assert_eq!(race(&[(1, 10), (2, 5), (3, 1)], &[]), [(secs(4), Ok(2))]);
    assert_eq!(race(&[(1, 10), (2, 9)], &[]), [(secs(11), Ok(0))], "both arrive: the first");
}

#[test]
fn the_dead_count_only_if_all_die() {
    assert_eq!(race(&[(9, 0), (5, 0)], &[0]), [(secs(5), Ok(1))]);
    let all_dead = race(&[(9, 0), (9, 0)], &[0, 1]);
    assert_eq!(all_dead.len(), 1);
    assert_eq!(all_dead[0].0, secs(2), "when the last has died");
    assert_eq!(all_dead[0].1.as_ref().unwrap_err().actor, "server[1]");
    assert_eq!(race(&[(1, 8), (9, 0)], &[1]), [(secs(9), Ok(0))], "an answer is under way");
}

#[test]
fn asking_nobody_fails_the_run() {
    let mut simulation = Simulation::new(Config::new(1));
    let client = Client { servers: Vec::new(), listeners: None, answers: Vec::new() };
    let client = simulation.spawn("client", client);
    simulation.send(&client, ClientMessage::Begin);
    assert_eq!(simulation.run().unwrap_err().kind, ErrorKind::NobodyAsked);
}

#[test]
fn a_broadcast_reaches_the_living_members_with_one_payload() {
    let mut simulation = Simulation::new(Config::new(1));
    let group = Group::new(&mut simulation, "listeners");
    let listeners = [0, 1, 2, 3].map(|number| {
        let listener = simulation.spawn(("listener", number), Listener::default());
        group.add(&mut simulation, &listener);
        group.add(&mut simulation, &listener); // it is one already
        listener
    });
    group.remove(&mut simulation, &listeners[3]);
    simulation.kill_at(secs(1), &listeners[1]).unwrap();
    let client = Client { servers: Vec::new(), listeners: Some(group), answers: Vec::new() };
    let client = simulation.spawn("client", client);
    let word = Rc::new("flag".to_owned());
    simulation.send_at(secs(2), &client, ClientMessage::Tell(Rc::clone(&word))).unwrap();
    simulation.run().expect("no errors");
    assert_eq!(group.members(&simulation), [*listeners[0], *listeners[2]]);
    let heard =
        |number: usize| simulation.inspect::<Listener>(&listeners[number]).map(|l| l.heard.clone());
    assert_eq!(heard(0), Some(vec![(secs(2), Rc::clone(&word))]));
    assert!(Rc::ptr_eq(&heard(2).expect("alive")[0].1, &word), "not copied");
    assert_eq!((heard(1), heard(3)), (None, Some(Vec::new())));
    assert_eq!(simulation.counts().undeliverable, 0);
    // The dead are not added.
    group.add(&mut simulation, &listeners[1]);
    assert_eq!(group.members(&simulation).len(), 2);
}

#[test]
fn processes_broadcast_and_race_alike() {
    let mut simulation = Simulation::new(Config::new(1));
    let servers: Vec<_> = (0..3)
        .map(|number| {
            let works = Span::from_secs(9 - number);
            simulation.spawn(("server", number as u32), Server { number, works, reply: None })
        })
        .collect();
    let first = simulation.process("client", async move |p| {
        flagfall::process::any(servers.iter().map(|server| p.ask(server, ServerMessage::Ask))).await
    });
    simulation.run().expect("no errors");
    assert_eq!(first.result(), Some((2, Ok(2))));
}

#[test]
fn names_of_groups_are_names() {
    let mut simulation = Simulation::new(Config::new(1));
    Group::<Word>::new(&mut simulation, "listeners");
    let error = simulation.try_spawn("listeners", Listener::default()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::DuplicateName { path: "listeners".into() });
}
