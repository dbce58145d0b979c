//! What a process takes from the system at its peak, on the allocator that
//! users have. Bytes per actor are counted in `tests/allocations/`.

use flagfall::random::Stream;
use flagfall::{Actor, ActorRef, Config, Context, Simulation, Span, Timer, VirtualTime};
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
/// `RssFile:` what is mapped from files now, which is code.
fn resident(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix(what)).expect("Linux has it");
    let kibibytes = line.trim().trim_end_matches(" kB").trim();
    1_024 * kibibytes.parse::<u64>().expect("a number of kB")
}

/// Keeps as many messages pending as there are. All draw from one stream: with
/// one each, 300 bytes of generator would be measured and not the engine.
struct Process {
    shared: Rc<Shared>,
}

struct Shared {
    stream: RefCell<Stream>,
    peers: RefCell<Vec<ActorRef<u64>>>,
}

impl Actor for Process {
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
            let process = Process { shared: Rc::clone(&shared) };
            let process = simulation.spawn(("process", number), process);
            shared.peers.borrow_mut().push(process);
            for message in 0..16 {
                let delay = shared.stream.borrow_mut().exponential(Span::from_secs(1));
                simulation.send_at(VirtualTime::ZERO + delay, &process, message);
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
        let mut simulation = Simulation::new(Config::new(42));
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
