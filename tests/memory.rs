//! What a process takes from the system at its peak, on the allocator that
//! users have. Bytes per actor are counted in `tests/allocations/`.

use flagfall::random::Stream;
use flagfall::{
    Actor, ActorRef, Config, Context, Process, Simulation, Span, SpawnOptions, Timer, VirtualTime,
};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::process::Command;
use std::rc::Rc;

/// Set in the process that a test starts for itself.
const ALONE: &str = "FLAGFALL_TEST_ALONE";

/// Runs the work in a fresh process, so that nothing else is in its memory,
/// and checks that the process stayed below so many bytes.
#[track_caller]
fn check(test: &str, allowed: u64, work: impl FnOnce()) {
    if std::env::var_os(ALONE).is_some() {
        work();
        // A debug build's own code takes megabytes that users never see.
        let code = if cfg!(debug_assertions) { resident("RssFile:") } else { 0 };
        let peak = resident("VmHWM:") - code;
        println!("{test}: {peak} bytes resident at the peak, allowed are {allowed}");
        assert!(peak < allowed, "{peak} bytes resident at the peak, allowed are {allowed}");
        return;
    }
    let output = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", test, "--include-ignored", "--nocapture", "--test-threads=1"])
        .env(ALONE, "1")
        .output()
        .expect("this binary runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("running 1 test"), "{test} is not the name of a test:\n{text}");
    print!("{text}");
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// What is resident of this process, in bytes: `VmHWM:` all of it at its peak,
/// `RssFile:` what is mapped from files now, which is code, `RssAnon:` the rest of it now.
fn resident(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix(what)).expect("Linux has it");
    let kibibytes = line.trim().trim_end_matches(" kB").trim();
    1_024 * kibibytes.parse::<u64>().expect("a number of kB")
}

/// Keeps as many messages pending as there are. All draw from one stream: with
/// one each, 300 bytes of generator would be measured and not the engine.
struct Peer {
    shared: Rc<Shared>,
}

struct Shared {
    stream: RefCell<Stream>,
    peers: RefCell<Vec<ActorRef<u64>>>,
}

impl Actor for Peer {
    type Message = u64;
    fn handle(&mut self, number: u64, context: &mut Context<'_, u64>) {
        let mut stream = self.shared.stream.borrow_mut();
        let peers = self.shared.peers.borrow();
        let target = peers[stream.below(peers.len() as u64) as usize];
        context.send_after(stream.exponential(Span::from_secs(1)), &target, number);
    }
}

/// PHOLD 65,536 x 16, whose first messages lie as far ahead as later ones do.
#[test]
fn a_million_pending_events() {
    let allowed = 64_000_000;
    check("memory::a_million_pending_events", allowed, || {
        let mut simulation = Simulation::new(Config::new(42).digest(false));
        let stream = RefCell::new(simulation.stream("phold"));
        let shared = Rc::new(Shared { stream, peers: RefCell::default() });
        for number in 0..65_536 {
            let process = Peer { shared: Rc::clone(&shared) };
            let process = simulation.spawn(("process", number), process);
            shared.peers.borrow_mut().push(*process);
            for message in 0..16 {
                let delay = shared.stream.borrow_mut().exponential(Span::from_secs(1));
                simulation.send_at(VirtualTime::ZERO + delay, &process, message).unwrap();
            }
        }
        for _ in 0..100_000 {
            assert!(simulation.step().expect("no errors"), "it goes on for ever");
        }
        assert_eq!(simulation.pending_events(), 1 << 20);
    });
}

struct Idle {
    _state: u64,
}

impl Actor for Idle {
    type Message = ();
    fn handle(&mut self, (): (), _: &mut Context<'_, ()>) {}
}

#[test]
#[ignore = "takes half a minute in a debug build, and gigabytes"]
fn ten_million_actors() {
    check("memory::ten_million_actors", 4_000_000_000, || {
        let mut simulation = Simulation::new(Config::new(42).max_live_actors(10_000_000));
        for number in 0..10_000_000 {
            simulation.spawn(("actor", number), Idle { _state: u64::from(number) });
        }
        assert_eq!(simulation.live_actors(), 10_000_000);
    });
}

/// How many timeouts are armed: all ten million in a release build.
const TIMEOUTS: u64 = if cfg!(debug_assertions) { 1_000_000 } else { 10_000_000 };

/// Arms timeouts that ring after the end, and takes all but every twentieth
/// back ten turns later.
struct Server {
    armed: VecDeque<Timer>,
    turn: u64,
}

impl Actor for Server {
    type Message = u64;
    fn handle(&mut self, _: u64, context: &mut Context<'_, u64>) {
        self.turn += 1;
        self.armed.push_back(context.set_timer(Span::from_secs(1 << 30), self.turn));
        if self.armed.len() > 10 {
            let oldest = self.armed.pop_front().expect("there are ten");
            if self.turn % 20 > 0 {
                assert!(context.cancel(oldest).is_some(), "it has not gone off");
            }
        }
        if self.turn < TIMEOUTS {
            context.schedule(Span::from_micros(10), 0);
        } else {
            context.end_run();
        }
    }
}

/// Of ten million timeouts one in twenty lives: half a million. They would
/// take 31 MB if nothing had been cancelled, and the others may be kept until
/// they outnumber them.
#[test]
fn ten_million_timeouts_of_which_few_live() {
    let alive = TIMEOUTS / 20;
    check("memory::ten_million_timeouts_of_which_few_live", 6_000_000 + 140 * alive, || {
        let mut simulation = Simulation::new(Config::new(42).digest(false));
        let server = Server { armed: VecDeque::new(), turn: 0 };
        let server = simulation.spawn("server", server);
        simulation.send(&server, 0);
        simulation.run().expect("no errors");
        assert!(simulation.pending_events().abs_diff(alive) <= 10);
    });
}

/// How many begin and end: ten million in a release build.
const LIVES: u32 = if cfg!(debug_assertions) { 1_000_000 } else { 10_000_000 };

/// Runs a simulation in a fresh process, so many lives of it, one each
/// millisecond, and checks that all but the first tenth of them took no more
/// than so many bytes.
#[track_caller]
fn check_flat(test: &str, lives: u32, allowed: u64, begin: impl FnOnce() -> Simulation) {
    check(test, u64::MAX, || {
        let mut simulation = begin();
        let until = |lives: u32| VirtualTime::from_millis(u64::from(lives));
        simulation.run_until(until(lives / 10)).expect("no errors");
        let early = resident("RssAnon:");
        simulation.run_until(until(lives)).expect("no errors");
        let grown = resident("RssAnon:").saturating_sub(early);
        println!("{test}: {grown} bytes more after {lives} lives");
        assert!(grown < allowed, "{grown} bytes more after {lives} lives, allowed are {allowed}");
        assert!(simulation.live_actors() < 100, "the others are over");
    });
}

/// Customers, each with a child that ends before it and one that ends with it.
#[test]
fn processes_that_are_over_take_no_memory() {
    check_flat("memory::processes_that_are_over_take_no_memory", LIVES, 300_000, || {
        let mut simulation = Simulation::new(Config::new(42));
        simulation.process("door", async move |door| {
            for number in 0..LIVES / 3 {
                door.process(("customer", number), async move |p| {
                    p.process("order", |p: Process| p.sleep(Span::from_millis(2)));
                    p.process(format!("bill of {number}"), |p: Process| {
                        p.sleep(Span::from_secs(1 << 30))
                    });
                    p.sleep(Span::from_millis(1 + 7 * u64::from(number % 4))).await;
                });
                door.sleep(Span::from_millis(3)).await;
            }
        });
        simulation
    });
}

/// Spawns one after the other, each with a name of its own.
struct Spawner {
    next: u32,
    name: fn(u32) -> SpawnOptions,
}

impl Actor for Spawner {
    type Message = ();
    fn handle(&mut self, (): (), context: &mut Context<'_, ()>) {
        let mortal = context.spawn((self.name)(self.next), Mortal);
        context.send_after(Span::from_millis(10), &mortal, ());
        self.next += 1;
        context.schedule(Span::from_millis(1), ());
    }
}

struct Mortal;

impl Actor for Mortal {
    type Message = ();
    fn handle(&mut self, (): (), context: &mut Context<'_, ()>) {
        context.stop();
    }
}

fn spawner(name: fn(u32) -> SpawnOptions) -> Simulation {
    let mut simulation = Simulation::new(Config::new(42));
    let spawner = simulation.spawn("spawner", Spawner { next: 0, name });
    simulation.send(&spawner, ());
    simulation
}

#[test]
fn actors_that_are_over_take_no_memory() {
    check_flat("memory::actors_that_are_over_take_no_memory", LIVES, 300_000, || {
        spawner(|number| ("actor", number).into())
    });
}

/// Draws from a stream of its own, and is over.
struct Drawer(bool);

impl Actor for Drawer {
    type Message = ();
    fn handle(&mut self, (): (), context: &mut Context<'_, ()>) {
        if !self.0 {
            context.stream("life").below(6);
            context.stop();
            return;
        }
        let drawer = context.spawn("drawer", Drawer(false));
        context.send(&drawer, ());
        context.schedule(Span::from_millis(1), ());
    }
}

/// Also where draws are told.
#[test]
fn streams_that_are_over_take_no_memory() {
    check_flat("memory::streams_that_are_over_take_no_memory", LIVES / 4, 300_000, || {
        let mut simulation = Simulation::new(Config::new(42).draws(true));
        let spawner = simulation.spawn("spawner", Drawer(true));
        simulation.send(&spawner, ());
        simulation
    });
}

#[test]
fn texts_that_are_numbered_take_no_memory() {
    check_flat("memory::texts_that_are_numbered_take_no_memory", LIVES / 4, 300_000, || {
        spawner(|number| match number % 3 {
            0 => format!("order-{number}").into(),
            1 => format!("no. {number:08} of the day").into(),
            _ => format!("{}", 7_000_000_000_u64 + u64::from(number)).into(),
        })
    });
}

/// Two kinds share their numbers at random: four bytes a name, where it would be thirty
/// if each were remembered by itself.
#[test]
fn names_with_gaps_take_little_memory() {
    check_flat("memory::names_with_gaps_take_little_memory", LIVES / 4, u64::from(LIVES), || {
        spawner(|number| {
            let odd = number.wrapping_mul(0x9E37_79B9) >> 31;
            (if odd == 0 { "car" } else { "lorry" }, number).into()
        })
    });
}
