//! First messages that actors have for themselves, and names that are numbered for them.

use flagfall::prelude::*;
use flagfall::{ErrorKind, Restart, SpawnOptions, TiePolicy};

#[derive(Debug, Message, PartialEq, Clone)]
enum Said {
    First(u32),
    Other(u32),
    Fail,
}

struct Listener {
    life: u32,
    heard: Vec<(u64, Said)>,
    owner: Option<ActorRef<Said>>,
}

impl Listener {
    fn new(life: u32) -> Self {
        Self { life, heard: Vec::new(), owner: None }
    }
}

impl Actor for Listener {
    type Message = Said;
    fn started(&mut self) -> Option<Said> {
        Some(Said::First(self.life))
    }
    fn handle(&mut self, said: Said, context: &mut Context<'_, Said>) {
        if said == Said::Fail {
            return context.fail("told to");
        }
        if let Some(owner) = &self.owner {
            context.send(owner, said.clone());
        }
        self.heard.push((context.now().as_nanos() / 1_000_000_000, said));
    }
}

#[test]
fn the_first_message_comes_before_all_others() {
    for ties in [TiePolicy::InOrder, TiePolicy::Shuffled(7)] {
        for startup in [0, 3] {
            let mut simulation = Simulation::new(Config::new(42).ties(ties.clone()));
            let name = SpawnOptions::named("listener").startup(Span::from_secs(startup));
            let listener = simulation.spawn(name, Listener::new(1));
            simulation.send(&listener, Said::Other(1));
            simulation.send(&listener, Said::Other(2));
            simulation.run().expect("it runs");
            let expected = [Said::First(1), Said::Other(1), Said::Other(2)];
            let expected: Vec<_> = expected.into_iter().map(|said| (startup, said)).collect();
            assert_eq!(simulation[&listener].heard, expected);
        }
    }
}

#[test]
fn each_life_begins_with_it() {
    let mut simulation = Simulation::new(Config::new(42));
    let mut lives = 0;
    let name = SpawnOptions::named("listener").startup(Span::from_secs(1));
    let listener = simulation.spawn_supervised(name, Restart::on_failure(), move || {
        lives += 1;
        Listener::new(lives)
    });
    for (at, said) in [(2, Said::Fail), (2, Said::Other(1)), (4, Said::Other(2))] {
        simulation.send_at(VirtualTime::from_secs(at), &listener, said).expect("not past");
    }
    simulation.run().expect("it runs");
    let expected = [(3, Said::First(2)), (3, Said::Other(1)), (4, Said::Other(2))];
    assert_eq!(simulation[&listener].heard, expected);
}

#[test]
fn a_kill_during_the_start_takes_it_back() {
    let mut simulation = Simulation::new(Config::new(42));
    let name = SpawnOptions::named("listener").startup(Span::from_secs(5));
    let listener = simulation.spawn(name, Listener::new(1));
    simulation.kill_at(VirtualTime::from_secs(1), &listener).expect("not past");
    simulation.run().expect("it runs");
    assert!(!simulation.is_alive(listener.id()));
    assert_eq!(simulation.now(), VirtualTime::from_secs(1));
    assert_eq!(simulation.counts().cancelled, 1);
    assert_eq!(simulation.counts().handled, 0);
}

/// Children of a handler, a restarted owner's among them, are numbered by their owner.
#[test]
fn owners_number_their_children() {
    #[derive(Debug, Message)]
    enum Do {
        Spawn(&'static str),
        Kill(usize),
    }
    #[derive(Default)]
    struct Owner {
        children: Vec<ActorRef<Said>>,
        paths: Vec<String>,
    }
    impl Actor for Owner {
        type Message = Do;
        fn handle(&mut self, message: Do, context: &mut Context<'_, Do>) {
            match message {
                Do::Spawn(name) => {
                    let child = context.spawn(SpawnOptions::counted(name), Listener::new(0));
                    self.children.push(child);
                    self.paths.push(format!("{name} by {}", context.path()));
                }
                Do::Kill(number) => context.kill(&self.children[number]),
            }
        }
    }
    let mut simulation = Simulation::new(Config::new(42));
    let owners = [simulation.spawn((), Owner::default()), simulation.spawn((), Owner::default())];
    let mut send = |owner: usize, message| {
        simulation.send(&owners[owner], message);
        simulation.run().expect("it runs");
        simulation[&owners[owner]].children.last().map(|child| simulation.path(child.id()))
    };
    let mut spawn = |owner, name| send(owner, Do::Spawn(name)).expect("a child");
    assert_eq!(spawn(0, "a"), "unnamed[0]/a[0]");
    assert_eq!(spawn(0, "a"), "unnamed[0]/a[1]");
    assert_eq!(spawn(0, "b"), "unnamed[0]/b[0]");
    assert_eq!(spawn(1, "a"), "unnamed[1]/a[0]");
    send(0, Do::Kill(1));
    send(0, Do::Kill(0));
    // A number is given once.
    assert_eq!(send(0, Do::Spawn("a")).expect("a child"), "unnamed[0]/a[2]");
}

#[test]
fn a_number_that_the_model_took_is_a_name_used_twice() {
    let mut simulation = Simulation::new(Config::new(42));
    simulation.spawn(("a", 1), Listener::new(0));
    simulation.spawn(SpawnOptions::counted("a"), Listener::new(0));
    let error = simulation.try_spawn(SpawnOptions::counted("a"), Listener::new(0));
    let error = error.expect_err("it is taken");
    assert_eq!(error.kind, ErrorKind::DuplicateName { path: "a[1]".into() });
}
