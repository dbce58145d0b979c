//! Things of another simulation.

use flagfall::{
    Actor, ActorRef, Config, Container, Context, ErrorKind, Group, Message, Process, ReplyTo,
    Resource, Simulation, Span, Store, Timer, Watch,
};
use std::cell::RefCell;
use std::rc::Rc;

/// What is carried from one simulation to the next.
#[derive(Default)]
struct Luggage {
    reply: Option<ReplyTo<u64>>,
    timer: Option<Timer>,
    watch: Option<Watch>,
}

#[derive(Debug, Message)]
enum Task {
    Keep(ReplyTo<u64>),
    Reply,
    Forward,
    Cancel,
    Unwatch,
    Tick,
    News(flagfall::DeathNotice),
}

struct Porter(Rc<RefCell<Luggage>>);
impl Actor for Porter {
    type Message = Task;
    fn handle(&mut self, task: Task, context: &mut Context<'_, Task>) {
        let mut luggage = self.0.borrow_mut();
        match task {
            Task::Keep(reply) => {
                luggage.reply = Some(reply);
                luggage.timer = Some(context.set_timer(Span::from_secs(1), Task::Tick));
                let me = context.me();
                luggage.watch = Some(context.watch(&me, Task::News));
            }
            Task::Reply => _ = luggage.reply.take().map(|reply| context.reply(reply, 9)),
            Task::Forward => {
                let (reply, me) = (luggage.reply.take(), context.me());
                _ = reply.map(|reply| context.forward(reply, &me, Task::Keep));
            }
            Task::Cancel => _ = luggage.timer.and_then(|timer| context.cancel(timer)),
            Task::Unwatch => _ = luggage.watch.map(|watch| context.unwatch(watch)),
            Task::Tick | Task::News(_) => {}
        }
    }
}

/// A simulation in which a stranger has asked the porter.
fn station(luggage: &Rc<RefCell<Luggage>>) -> (Simulation, ActorRef<Task>) {
    let mut simulation = Simulation::new(Config::new(1));
    let porter = simulation.spawn("porter", Porter(Rc::clone(luggage)));
    simulation.process("stranger", async move |p| {
        _ = p.ask(&porter, Task::Keep).await;
    });
    simulation.run_until(flagfall::VirtualTime::ZERO).expect("no error");
    (simulation, *porter)
}

#[test]
fn replies_timers_and_watches_of_another_simulation_end_the_run() {
    for task in [|| Task::Reply, || Task::Forward, || Task::Cancel, || Task::Unwatch] {
        let (there, here) = <(Rc<RefCell<Luggage>>, Rc<RefCell<Luggage>>)>::default();
        // The same requests, timers and watches by all their numbers.
        let (_there, _) = station(&there);
        let (mut simulation, porter) = station(&here);
        here.replace(there.take());
        simulation.send(&porter, task());
        let error = simulation.run().expect_err("it is another's");
        assert_eq!((&error.kind, error.actor.as_str()), (&ErrorKind::ForeignReference, "porter"));
    }
}

#[test]
fn a_process_answers_nobody_of_another_simulation() {
    let (there, here) = <(Rc<RefCell<Luggage>>, Rc<RefCell<Luggage>>)>::default();
    let (mut other, _) = station(&there);
    let (mut simulation, _) = station(&here);
    let reply = there.borrow_mut().reply.take().expect("somebody has asked");
    simulation.process("answerer", async move |p| p.reply(reply, 9));
    let error = simulation.run().expect_err("it is another's");
    assert_eq!(error.kind, ErrorKind::ForeignReference);
    assert!(other.run().is_ok());
    assert_eq!(other.unanswered().len(), 1, "the other is as it was");
}

/// One resource of each kind, the same in every simulation that makes them.
fn shop(simulation: &mut Simulation) -> (Resource, Container, Store<u64>, Group<u64>) {
    (
        Resource::new(simulation, "till", 2),
        Container::new(simulation, "tank", 5, 5),
        Store::new(simulation, "shelf", 5),
        Group::new(simulation, "crew"),
    )
}

#[test]
fn resources_of_another_simulation_are_refused_though_there_are_their_like() {
    type Use = fn(Process) -> std::pin::Pin<Box<dyn Future<Output = ()>>>;
    let uses: [Use; 6] = [
        |p| {
            Box::pin(
                async move { drop(shop(&mut Simulation::new(Config::new(1))).0.acquire(&p).await) },
            )
        },
        |p| Box::pin(async move { shop(&mut Simulation::new(Config::new(1))).1.get(&p, 1).await }),
        |p| Box::pin(async move { shop(&mut Simulation::new(Config::new(1))).1.put(&p, 1).await }),
        |p| Box::pin(async move { shop(&mut Simulation::new(Config::new(1))).2.put(&p, 1).await }),
        |p| Box::pin(async move { _ = shop(&mut Simulation::new(Config::new(1))).2.get(&p).await }),
        |mut p| {
            Box::pin(async move {
                let worker = p.spawn("worker", super::Sink);
                shop(&mut Simulation::new(Config::new(1))).3.add(&mut p, &worker);
            })
        },
    ];
    for misuse in uses {
        let mut simulation = Simulation::new(Config::new(1));
        shop(&mut simulation);
        simulation.process("customer", misuse);
        let error = simulation.run().expect_err("it is another's");
        assert_eq!((&error.kind, error.actor.as_str()), (&ErrorKind::ForeignReference, "customer"));
    }
    let (mut here, mut there) = (Simulation::new(Config::new(1)), Simulation::new(Config::new(1)));
    let (own, far) = (shop(&mut here), shop(&mut there));
    assert_eq!((own.0.capacity(&here), own.1.level(&here)), (2, 5));
    // Zeros would pass for figures.
    let reads: [&dyn Fn(); 4] = [
        &|| _ = far.0.capacity(&here),
        &|| _ = far.0.statistics(&here),
        &|| _ = far.1.level(&here),
        &|| _ = far.2.len(&here),
    ];
    for read in reads {
        let read = std::panic::AssertUnwindSafe(read);
        let panic = std::panic::catch_unwind(read).expect_err("it is another's");
        let text = panic.downcast_ref::<&str>().expect("a text");
        assert!(text.contains("was read with another simulation"), "{text}");
    }
}
