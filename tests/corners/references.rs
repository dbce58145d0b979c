//! References to actors of another simulation that would name an actor here.

use super::Sink;
use crate::panics::place_of_panic;
use flagfall::Origin;
use flagfall::process::Signal;
use flagfall::{
    Actor, ActorRef, Config, Context, DeathNotice, Digest, ErrorKind, Group, Latency, Message,
    Process, ProcessRef, ReplyTo, RequestError, Simulation, Span, VirtualTime,
};
use proptest::prelude::*;

#[derive(Debug, Message)]
enum Task {
    Use(u64),
    Ask(ReplyTo<u64>),
    Answer(Result<u64, RequestError>),
    News(DeathNotice),
    Note(u64),
}

/// What is done with a reference in a handler.
type Act = fn(&mut Context<'_, Task>, &ActorRef<Task>);

const ACTS: [Act; 13] = [
    |context, to| context.send(to, Task::Note(1)),
    |context, to| context.send_after(Span::from_secs(1), to, Task::Note(1)),
    |context, to| context.broadcast(&[*to], Task::Note(1)),
    |context, to| context.ask(to, Task::Ask, Task::Answer),
    |context, to| context.request(to, Task::Ask, Task::Answer),
    |context, to| context.ask_all(&[*to], Task::Ask, |_| Task::Note(1)),
    |context, to| context.ask_first(&[*to], Task::Ask, Task::Answer),
    |context, to| context.kill(to),
    |context, to| context.dismiss(to),
    |context, to| _ = context.watch(to, Task::News),
    |context, to| Group::new(context, "crew").add(context, to),
    |context, to| Group::new(context, "crew").remove(context, to),
    |context, to| {
        // Among others it is found as well.
        let me = context.me();
        context.broadcast(&[me, *to, me], Task::Note(1));
    },
];

/// Does with a reference what it is told to.
#[derive(Clone)]
struct User {
    reference: Option<ActorRef<Task>>,
}

impl Actor for User {
    type Message = Task;
    fn handle(&mut self, task: Task, context: &mut Context<'_, Task>) {
        match (task, self.reference) {
            (Task::Use(act), Some(reference)) => ACTS[act as usize](context, &reference),
            (Task::Ask(reply), _) => context.reply(reply, 7),
            _ => {}
        }
    }
}

impl Clone for Task {
    fn clone(&self) -> Self {
        match self {
            Self::Use(act) => Self::Use(*act),
            Self::Note(number) => Self::Note(*number),
            _ => unreachable!("nobody clones it"),
        }
    }
}

/// What is done with a reference by a process.
type Step = fn(Process, ActorRef<Task>) -> std::pin::Pin<Box<dyn Future<Output = ()>>>;

const STEPS: [Step; 5] = [
    |p, to| Box::pin(async move { p.send(&to, Task::Note(1)) }),
    |p, to| Box::pin(async move { p.send_after(Span::from_secs(1), &to, Task::Note(1)) }),
    |p, to| Box::pin(async move { p.broadcast(&[to], Task::Note(1)) }),
    |p, to| Box::pin(async move { p.kill(&to) }),
    |p, to| Box::pin(async move { _ = p.ask(&to, Task::Ask).await }),
];

/// What is done with a reference from outside.
type Outside = fn(&mut Simulation, &ActorRef<Task>);

const OUTSIDE: [Outside; 6] = [
    |simulation, to| simulation.send(to, Task::Note(1)),
    |simulation, to| simulation.send_at(VirtualTime::from_nanos(9), to, Task::Note(1)).unwrap(),
    |simulation, to| simulation.kill_at(VirtualTime::from_nanos(9), to).unwrap(),
    |simulation, to| simulation.dismiss_at(VirtualTime::from_nanos(9), to).unwrap(),
    |simulation, to| Group::new(simulation, "crew").add(simulation, to),
    |simulation, to| Group::new(simulation, "crew").remove(simulation, to),
];

/// What is read by a reference.
const READS: [Outside; 3] = [
    |simulation, of| _ = simulation.inspect::<User>(of),
    |simulation, of| _ = simulation.mailbox_length(of),
    |simulation, of| _ = simulation.state_mut::<User>(of),
];

/// So many users, of whom each has the number that it has in every such simulation.
fn office(latency: Latency, users: usize) -> (Simulation, Vec<ActorRef<Task>>) {
    let mut simulation = Simulation::new(Config::new(1).latency(latency));
    let user = |number: usize| *simulation.spawn(("user", number as u32), User { reference: None });
    let users = (0..users).map(user).collect();
    (simulation, users)
}

/// What is seen of a simulation.
fn state(simulation: &Simulation) -> (Option<Digest>, flagfall::Counts, u64, u64) {
    let (live, pending) = (simulation.live_actors(), simulation.pending_messages());
    (simulation.digest(), simulation.counts(), live, pending)
}

fn latencies() -> impl Strategy<Value = Latency> {
    let drawn = Latency::Uniform { low: Span::from_millis(1), high: Span::from_millis(2) };
    let (none, fixed) = (Latency::ZERO, Latency::Fixed(Span::from_millis(1)));
    prop_oneof![Just(none), Just(fixed), Just(drawn)]
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, flagfall::SimulationError>, by: &str) {
    let error = outcome.expect_err("it is of another simulation");
    assert_eq!((&error.kind, error.actor.as_str()), (&ErrorKind::ForeignReference, by));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn those_of_another_simulation_are_refused_and_change_nothing(
        latency in latencies(), users in 1_usize..5, whom in 0_usize..5, between in 0_usize..3,
    ) {
        let whom = whom % users;
        let (other, others) = office(latency.clone(), users);
        for _ in 0..between {
            office(latency.clone(), users);
        }
        let before = state(&other);
        for act in 0..ACTS.len() {
            let (mut simulation, own) = office(latency.clone(), users);
            prop_assert_eq!(own[whom], others[whom], "they look alike");
            simulation.state_mut::<User>(&own[0]).expect("it lives").reference = Some(others[whom]);
            simulation.send(&own[0], Task::Use(act as u64));
            refused(simulation.run(), "user[0]");
            // The message that began it, and of a broadcast what was sent before.
            let first = if act == ACTS.len() - 1 { 2 } else { 1 };
            prop_assert_eq!((simulation.counts().sent, simulation.live_actors()), (first, users as u64));
        }
        for step in STEPS {
            let (mut simulation, _) = office(latency.clone(), users);
            let to = others[whom];
            simulation.process("process", move |p: Process| step(p, to));
            refused(simulation.run(), "process");
            prop_assert_eq!((simulation.counts().sent, simulation.pending_messages()), (0, 0));
        }
        for outside in OUTSIDE {
            let (mut simulation, _) = office(latency.clone(), users);
            let before = state(&simulation);
            let (place, text) = place_of_panic(|| outside(&mut simulation, &others[whom]));
            prop_assert!(place.is_some_and(|place| place.starts_with(file!())));
            let words = ["ForeignReference", "something of another simulation was used"];
            prop_assert!(words.iter().any(|words| text.contains(words)), "{}", text);
            prop_assert_eq!(state(&simulation), before);
            prop_assert!(simulation.run().is_ok(), "it was told at the call");
            prop_assert_eq!(simulation.events(), 0);
        }
        for read in READS {
            let (mut simulation, _) = office(latency.clone(), users);
            let (_, text) = place_of_panic(|| read(&mut simulation, &others[whom]));
            prop_assert!(text.contains("was read with another simulation"), "{}", text);
            prop_assert!(simulation.run().is_ok(), "nothing has happened");
        }
        prop_assert_eq!(state(&other), before);
    }

    /// Those of its own come to the same whatever is made before: the mark is in no digest.
    #[test]
    fn which_simulation_it_is_decides_nothing(latency in latencies(), act in 0..ACTS.len()) {
        let digest = || {
            let (mut simulation, own) = office(latency.clone(), 2);
            simulation.state_mut::<User>(&own[0]).expect("it lives").reference = Some(own[1]);
            simulation.send(&own[0], Task::Use(act as u64));
            prop_assert!(simulation.run().is_ok());
            Ok((simulation.digest(), format!("{own:?}")))
        };
        prop_assert_eq!(digest()?, digest()?);
    }
}

#[test]
fn a_process_of_another_simulation_is_neither_sent_to_nor_interrupted() {
    type Use = fn(Process, ProcessRef<u64>);
    let uses: [Use; 3] =
        [|p, far| p.send(&far, 1), |p, far| p.kill(&far), |p, far| p.interrupt(&far, 1)];
    for used in uses {
        let sleeper = |p: Process<u64>| p.sleep(Span::from_secs(1));
        let mut other = Simulation::new(Config::new(1));
        let far = other.process_receiving("sleeper", sleeper);
        let mut simulation = Simulation::new(Config::new(1));
        simulation.process_receiving("sleeper", sleeper);
        simulation.process("user", async move |p| used(p, far));
        refused(simulation.run(), "user");
        assert!(other.run().is_ok());
    }
}

#[test]
fn a_fork_takes_those_of_its_parent_and_the_parent_those_of_the_fork() {
    let (mut simulation, users) = office(Latency::ZERO, 2);
    simulation.register(&flagfall::TypeRegistry::new().forkable::<User>());
    simulation.state_mut::<User>(&users[0]).expect("it lives").reference = Some(users[1]);
    let mut fork = simulation.fork().expect("users can be copied");
    let newcomer = fork.spawn("newcomer", User { reference: None });
    assert_eq!(fork.inspect::<User>(&users[0]).expect("it lives").reference, Some(users[1]));
    for act in [0, 3, 7] {
        fork.send(&users[0], Task::Use(act));
        assert!(fork.run().is_ok());
    }
    assert!(!fork.is_alive(users[1].id()) && simulation.is_alive(users[1].id()));
    simulation.spawn("another", User { reference: None });
    assert!(simulation.inspect::<User>(&newcomer).is_some(), "it has the same number there");
}

/// What is run again is no copy, and stands for one.
#[test]
fn a_branch_that_was_run_again_takes_what_was_made_before() {
    let start = || {
        let mut simulation = Simulation::new(Config::new(1));
        let sink = simulation.spawn("sink", Sink);
        let till = flagfall::Resource::new(&mut simulation, "till", 3);
        simulation.process("sender", async move |p| p.send(&sink, 1));
        (simulation, sink, till)
    };
    let (mut simulation, sink, till) = start();
    assert!(simulation.run().is_ok());
    let branch = simulation.branch(|| start().0).expect("the same again");
    assert_eq!(branch.origin, Origin::Rerun);
    let mut twice = branch.simulation.branch(|| start().0).expect("the same again").simulation;
    for branch in [&mut { branch.simulation }, &mut twice] {
        branch.send(&sink, 2);
        assert!(branch.run().is_ok());
        assert!(branch.inspect::<Sink>(&sink).is_some());
        assert_eq!((branch.counts().handled, till.capacity(branch)), (2, 3));
    }
    // Not so the other way round, nor with anything else that is alike.
    let (_unrelated, stranger, _) = start();
    refused(twice.send_after(Span::ZERO, &stranger, 3), "");
}

#[test]
fn two_of_one_program_are_told_apart_however_many_are_between() {
    let (_first, first) = office(Latency::ZERO, 1);
    for _ in 0..1_000 {
        let (mut simulation, own) = office(Latency::ZERO, 1);
        assert_eq!((own[0], size_of_val(&own[0])), (first[0], 12));
        refused(simulation.send_after(Span::ZERO, &first[0], Task::Note(1)), "");
    }
    let elsewhere = std::thread::spawn(|| {
        let (mut simulation, _) = office(Latency::ZERO, 1);
        let signal: Signal = Signal::new();
        assert!(!signal.is_fired());
        simulation.run().expect("no error");
        office(Latency::ZERO, 1).1[0].id()
    });
    assert_eq!(elsewhere.join().expect("no panic"), first[0].id(), "identifiers are the same");
}

#[cfg(feature = "snapshot")]
mod resumed {
    use super::super::Sink;
    use super::{Config, ErrorKind, Simulation, Span};
    use flagfall::{Actor, ActorRef, Context, TypeRegistry};

    /// Sends on what it gets.
    #[derive(Clone, serde::Serialize, serde::Deserialize)]
    struct Relay {
        next: Option<ActorRef<u64>>,
        got: u64,
    }

    impl Actor for Relay {
        type Message = u64;
        fn handle(&mut self, number: u64, context: &mut Context<'_, u64>) {
            self.got += number;
            let Some(next) = &self.next else { return };
            context.send(next, number);
        }
    }

    /// What was read from a file takes the references that stand there, and those of the
    /// simulation that was saved; what it makes itself is for nobody else.
    #[test]
    fn one_that_was_saved_takes_those_of_before() {
        let types = TypeRegistry::new().savable::<Relay>("relay");
        let mut simulation = Simulation::new(Config::new(1));
        simulation.register(&types);
        let last = simulation.spawn("last", Relay { next: None, got: 0 });
        let first = simulation.spawn("first", Relay { next: Some(*last), got: 0 });
        let saved = |simulation: &Simulation| {
            let mut file = Vec::new();
            simulation.save(&[], &[], &mut file).expect("relays can be saved");
            file
        };
        let file = saved(&simulation);
        let resume =
            |file: &[u8]| Simulation::resume(&types, file).expect("it is whole").simulation;
        let mut resumed = resume(&file);
        assert_eq!(saved(&resumed), file, "which simulation it is stands in no file");
        let mut fork = resumed.fork().expect("relays can be copied");
        for simulation in [&mut resumed, &mut fork] {
            simulation.send(&first, 7);
            assert!(simulation.run().is_ok());
            assert_eq!(simulation.inspect::<Relay>(&last).expect("it lives").got, 7);
        }
        let own = resumed.find::<u64>("last").expect("it lives");
        let next = resumed.inspect::<Relay>(&first).expect("it lives").next;
        let mut other = Simulation::new(Config::new(1));
        other.spawn("sink", Sink);
        assert!(other.inspect::<Sink>(&next.expect("it has one")).is_some(), "it goes anywhere");
        let refused = other.send_after(Span::ZERO, &own, 1).expect_err("not its own");
        assert_eq!(refused.kind, ErrorKind::ForeignReference);
    }
}
