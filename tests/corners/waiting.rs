//! Waiting that was given up.

use crate::engine::{at, secs};
use flagfall::process::Signal;
use flagfall::resource::Held;
use flagfall::{
    Actor, ActorRef, Config, Context, Message, Process, ReplyTo, RequestError, Resource,
    Simulation, Store,
};

struct Mute;
impl Actor for Mute {
    type Message = ReplyTo<u64>;
    fn handle(&mut self, _: ReplyTo<u64>, _: &mut Context<'_, ReplyTo<u64>>) {}
}

#[derive(Debug, Message)]
enum Race {
    Run,
    First(Result<u64, RequestError>),
}

struct Client(Vec<ActorRef<ReplyTo<u64>>>);
impl Actor for Client {
    type Message = Race;
    fn handle(&mut self, message: Race, context: &mut Context<'_, Race>) {
        if let Race::Run = message {
            context.ask_first(&self.0, |reply| reply, Race::First);
        }
    }
}

struct Echo;
impl Actor for Echo {
    type Message = ReplyTo<u64>;
    fn handle(&mut self, reply: ReplyTo<u64>, context: &mut Context<'_, ReplyTo<u64>>) {
        context.reply(reply, 1);
    }
}

#[test]
fn who_gave_up_or_had_another_answer_is_not_stuck() {
    let mut simulation = Simulation::new(Config::new(1));
    let mute = simulation.spawn("mute", Mute);
    simulation.process_receiving("client", move |p: Process<u64>| async move {
        for _ in 0..2 {
            _ = p.timeout(secs(1), p.ask(&mute, |reply| reply)).await;
        }
        p.receive().await;
    });
    simulation.run().expect("no errors");
    assert!(simulation.stuck().is_none(), "{:?}: it waits for a message", simulation.stuck());
    assert!(simulation.unanswered().is_empty(), "given up is given up");

    let mut simulation = Simulation::new(Config::new(1));
    let asked = vec![*simulation.spawn("echo", Echo), *simulation.spawn("mute", Mute)];
    let client = simulation.spawn("client", Client(asked));
    (0..3).for_each(|_| simulation.send(&client, Race::Run));
    simulation.run().expect("no errors");
    assert!(simulation.stuck().is_none(), "{:?}", simulation.stuck());
}

#[test]
fn joins_that_are_given_up_leave_no_events() {
    let mut simulation = Simulation::new(Config::new(1));
    let end = Signal::<()>::new();
    let signal = end.clone();
    let late = simulation.process("late", async move |p| end.wait(&p).await);
    simulation.process("impatient", async move |p| {
        for _ in 0..1_000 {
            _ = p.timeout(secs(1), p.join(&late)).await;
        }
        signal.fire(&p, ());
        p.sleep(secs(1)).await;
    });
    simulation.run_until(at(1_000)).expect("no errors");
    let before = simulation.events();
    simulation.run().expect("no errors");
    assert!(simulation.events() - before <= 3, "{}", simulation.events() - before);
}

#[test]
fn what_is_taken_back_from_a_store_gives_back_what_it_holds() {
    let mut simulation = Simulation::new(Config::new(1));
    let tills = Resource::new(&mut simulation, "tills", 2);
    let shelf: Store<Held> = Store::new(&mut simulation, "shelf", 1);
    simulation.process("keeper", async move |p| {
        shelf.put(&p, tills.acquire(&p).await).await;
        let second = tills.acquire(&p).await;
        _ = p.timeout(secs(1), shelf.put(&p, second)).await;
        p.pass().await;
        assert_eq!(tills.in_use(&p), 1, "one is in the store");
    });
    simulation.run().expect("no errors");
    assert_eq!(tills.in_use(&simulation), 1);
}
