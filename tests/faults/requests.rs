//! Requests and processes under a plan.

use super::{SECOND, at, planned};
use crate::engine::Log;
use flagfall::{
    Actor, ActorRef, Context, DeathCause, Message, Process, Record, RecordKind, ReplyTo,
    RequestError, Simulation, Span,
};
use std::rc::Rc;

struct Server;

impl Actor for Server {
    type Message = ReplyTo<u32>;
    fn handle(&mut self, reply: ReplyTo<u32>, context: &mut Context<'_, ReplyTo<u32>>) {
        context.reply(reply, 7);
    }
}

#[derive(Debug, Message)]
enum ClientMessage {
    Ask,
    AskAll,
    Told(Result<u32, RequestError>),
    AllTold(Vec<Result<u32, RequestError>>),
}

struct Client {
    servers: Vec<ActorRef<ReplyTo<u32>>>,
    told: Vec<Result<u32, RequestError>>,
}

impl Actor for Client {
    type Message = ClientMessage;
    fn handle(&mut self, message: ClientMessage, context: &mut Context<'_, ClientMessage>) {
        match message {
            ClientMessage::Ask => {
                context.ask(&self.servers[0], |reply| reply, ClientMessage::Told);
            }
            ClientMessage::AskAll => {
                context.ask_all(&self.servers, |reply| reply, ClientMessage::AllTold);
            }
            ClientMessage::Told(answer) => self.told.push(answer),
            ClientMessage::AllTold(answers) => self.told.extend(answers),
        }
    }
}

struct Asked {
    simulation: Simulation,
    client: ActorRef<ClientMessage>,
    servers: Vec<ActorRef<ReplyTo<u32>>>,
    records: Log<String>,
}

fn ask(plan: &str, message: ClientMessage) -> Asked {
    let mut simulation = Simulation::new(planned(plan));
    let records: Log<String> = Log::default();
    let log = Rc::clone(&records);
    simulation.observe(move |record: &Record<'_>| {
        if matches!(record.kind, RecordKind::Lost | RecordKind::Duplicated) {
            log.borrow_mut().push(format!("{} {record}", record.sender));
        }
    });
    let servers: Vec<_> = (0..2).map(|n| *simulation.spawn(("server", n), Server)).collect();
    let client = Client { servers: servers.clone(), told: Vec::new() };
    let client = simulation.spawn("client", client);
    simulation.send(&client, message);
    simulation.run().unwrap();
    Asked { simulation, client: *client, servers, records }
}

#[test]
fn who_waits_for_what_was_lost_is_listed_and_told_of_deaths() {
    for (plan, record) in [
        ("link client -> ** loss 1", "client 0.000000000 server[0] request 0 (lost)"),
        ("link ** -> client loss 1", "server[0] 0.000000000 client an answer (lost)"),
        ("partition client | server[*]", "client 0.000000000 server[0] request 0 (lost)"),
    ] {
        let Asked { mut simulation, client, servers, records } = ask(plan, ClientMessage::Ask);
        assert_eq!(*records.borrow(), [record], "{plan}");
        let unanswered = simulation.unanswered();
        assert_eq!(unanswered.len(), 1, "{plan}");
        assert_eq!((&*unanswered[0].asker, &*unanswered[0].asked), ("client", "server[0]"));
        assert_eq!((simulation.counts().lost, simulation.counts().pending()), (1, 0));
        // News of deaths go another way.
        simulation.kill_at(at("5s"), &servers[0]).unwrap();
        simulation.run().unwrap();
        let cause = DeathCause::Killed;
        let error = RequestError { actor: "server[0]".into(), cause };
        assert_eq!(simulation.inspect::<Client>(&client).unwrap().told, [Err(error)], "{plan}");
        assert_eq!(simulation.unanswered(), []);
        assert_eq!(simulation.counts().pending(), 0);
    }
}

#[test]
fn of_many_answers_the_lost_one_is_missing() {
    let plan = "link server[1] -> client loss 1";
    let Asked { mut simulation, client, servers, .. } = ask(plan, ClientMessage::AskAll);
    assert_eq!(simulation.inspect::<Client>(&client).unwrap().told, []);
    assert_eq!(simulation.unanswered()[0].asked, "server[1]");
    simulation.kill_at(at("5s"), &servers[1]).unwrap();
    simulation.run().unwrap();
    let told = &simulation.inspect::<Client>(&client).unwrap().told;
    assert_eq!((told[0].clone(), told[1].is_err()), (Ok(7), true));
    assert_eq!(simulation.counts().pending(), 0);
}

#[test]
fn requests_and_answers_are_not_doubled_and_take_time_on_narrow_links() {
    let plan = "link ** -> ** duplicate 1 bandwidth 1B/s\nlink server[*] -> client bandwidth 2B/s";
    let Asked { simulation, client, records, .. } = ask(plan, ClientMessage::Ask);
    assert_eq!(simulation.inspect::<Client>(&client).unwrap().told, [Ok(7)]);
    assert_eq!(*records.borrow(), [""; 0]);
    // A reference of eight bytes at one a second, four bytes at two.
    assert_eq!(simulation.now(), at("10s"));
}

#[test]
fn a_process_that_asks_with_a_timeout_survives_loss() {
    let mut simulation = Simulation::new(planned("link asker -> server loss 1 from 0 to 10s"));
    let server = simulation.spawn("server", Server);
    let asker = simulation.process("asker", async move |p| {
        let mut tries = 1;
        while p.timeout(Span::from_secs(3), p.ask(&server, |reply| reply)).await.is_err() {
            tries += 1;
        }
        tries
    });
    simulation.run().unwrap();
    assert_eq!((asker.result(), simulation.now()), (Some(5), at("12s")));
    assert_eq!(simulation.counts().lost, 4);
}

#[test]
fn processes_send_and_interrupt_by_links() {
    let mut simulation = Simulation::new(planned("link a -> b duplicate 1 latency 2s"));
    let b = simulation.process_receiving("b", |p: Process<u32>| async move {
        let mut got = vec![p.receive().await, p.receive().await];
        while let Err(interrupt) = p.interruptible(p.sleep(Span::from_secs(9))).await {
            got.push(interrupt);
        }
        got
    });
    let to = b.clone();
    simulation.process("a", async move |p| {
        p.send(&to, 1);
        p.sleep(SECOND).await;
        p.interrupt(&to, 2);
    });
    simulation.run().unwrap();
    assert_eq!(b.result(), Some(vec![1, 1, 2, 2]));
    assert_eq!(simulation.counts().duplicated, 2);
}
