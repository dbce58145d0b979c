//! Fault plans at work: each rule, what it must not touch, and the theory.

use crate::engine::Log;
use crate::network::{arrivals, sent};
use flagfall::network::{Empirical, LinkFaults};
use flagfall::{
    Actor, ActorRef, Config, Context, Counts, DeathCause, FaultPlan, Latency, Process, Record,
    RecordKind, ReplyTo, RequestError, Simulation, Span, VirtualTime,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::rc::Rc;

const SECOND: Span = Span::from_secs(1);

fn planned(plan: &str) -> Config {
    Config::new(5).faults(plan.parse().unwrap())
}

fn at(text: &str) -> VirtualTime {
    text.parse().unwrap()
}

/// Which messages of one source arrived when, by how many were left, in
/// nanoseconds: it sends one a second, from three to one.
fn check(plan: &str, expected: &[(u32, &str)]) {
    let config = planned(plan).latency(Latency::Fixed(Span::from_millis(100)));
    let found: Vec<_> = arrivals(config, 1, 3, SECOND)
        .into_iter()
        .map(|(time, _, left)| (left, time.to_string()))
        .collect();
    let expected: Vec<_> =
        expected.iter().map(|(left, time)| (*left, (*time).to_owned())).collect();
    assert_eq!(found, expected, "{plan}");
}

#[test]
fn each_rule_does_what_it_says() {
    const ALL: [(u32, &str); 3] = [(3, "0.1s"), (2, "1.1s"), (1, "2.1s")];
    check("", &ALL);
    check("link source[0] -> sink latency 5ms", &[(3, "0.005s"), (2, "1.005s"), (1, "2.005s")]);
    check("link ** -> sink loss 1", &[]);
    check("link source[*] -> sink loss 1 from 1s to 2s", &[ALL[0], ALL[2]]);
    check("link source[0] -> sink loss 1 from 500ms", &ALL[..1]);
    check("partition source[0] | sink from 1s to 2s", &[ALL[0], ALL[2]]);
    check("partition nobody,sink | source[*],other from 0s to 2s", &ALL[2..]);
    check("link source[0] -> sink duplicate 1 from 0 to 1s", &[ALL[0], ALL[0], ALL[1], ALL[2]]);
    // What is about others is about nobody here.
    check("link sink -> source[0] loss 1\npartition sink | sink\nlink source -> sink loss 1", &ALL);
    check("partition source[0] | source[*]\nlink source[0] -> source[0] loss 1", &ALL);
    // The last rule that says something counts, part by part.
    check("link ** -> ** loss 1\nlink source[0] -> sink loss 0", &ALL);
    check("link source[0] -> sink loss 0\nlink ** -> ** loss 1", &[]);
    check("link source[0] -> sink loss 0\nlink ** -> ** latency 100ms", &ALL);
    check("link ** -> ** loss 1\nlink ** -> ** loss 0 from 1s to 2s", &ALL[1..2]);
}

#[test]
fn order_is_kept_when_a_link_becomes_faster() {
    check("link ** -> ** latency 1900ms from 0 to 1s", &[(3, "1.9s"), (2, "1.9s"), (1, "2.1s")]);
}

#[test]
fn a_link_of_limited_bandwidth_transmits_one_message_after_the_other() {
    // Two numbers of four bytes: at 3 B/s they take 2⅔ s, rounded up.
    check(
        "link ** -> ** bandwidth 3B/s",
        &[(3, "2.766666667s"), (2, "5.433333334s"), (1, "8.100000001s")],
    );
    check("link ** -> ** bandwidth 16B/s", &[(3, "0.6s"), (2, "1.6s"), (1, "2.6s")]);
    check("link ** -> ** bandwidth 1kB/s size 2kB", &[(3, "2.1s"), (2, "4.1s"), (1, "6.1s")]);
    // What is lost, or sent from when the limit is lifted on, waits its turn.
    check("link ** -> ** bandwidth 3B/s size 6B loss 1 from 0 to 1s", &[(2, "2.1s"), (1, "2.1s")]);
    // A copy is made on the way.
    check(
        "link ** -> ** bandwidth 4B/s size 6B duplicate 1 from 0 to 1s",
        &[(3, "1.6s"), (3, "1.6s"), (2, "1.6s"), (1, "2.1s")],
    );
}

#[test]
fn every_pair_has_a_link_of_its_own() {
    let config = planned("link source[*] -> sink bandwidth 8B/s");
    let times: Vec<_> = arrivals(config, 2, 2, Span::ZERO)
        .into_iter()
        .map(|(time, from, _)| (time.to_string(), from))
        .collect();
    let time = |text: &str, from| (text.to_owned(), from);
    assert_eq!(times, [time("1s", 0), time("1s", 1), time("2s", 0), time("2s", 1)]);
}

#[test]
fn a_transmission_past_the_end_of_time_ends_the_run() {
    let mut simulation =
        Simulation::new(planned("link ** -> ** bandwidth 1B/s size 18000000000GB"));
    let log = Log::default();
    let to = simulation.spawn("sink", Sink { log });
    let from = simulation.spawn("source", Source { to });
    simulation.send(&from, 1);
    let error = simulation.run().unwrap_err();
    assert_eq!(error.kind, flagfall::ErrorKind::TimeOverflow);
    assert_eq!(error.actor, "source");
}

/// Sends a number on.
struct Source {
    to: ActorRef<u32>,
}

impl Actor for Source {
    type Message = u32;
    fn handle(&mut self, message: u32, context: &mut Context<'_, u32>) {
        context.send(&self.to, message);
        // What travels by no link is not subject to a plan.
        context.send_after(SECOND, &self.to, message + 100);
        let me = context.me();
        if message < 3 {
            context.send(&me, message + 1);
        } else if message == 3 {
            context.schedule(SECOND, message + 1);
        }
    }
}

struct Sink {
    log: Log<(VirtualTime, u32)>,
}

impl Actor for Sink {
    type Message = u32;
    fn handle(&mut self, message: u32, context: &mut Context<'_, u32>) {
        self.log.borrow_mut().push((context.now(), message));
    }
}

#[test]
fn what_travels_by_no_link_is_never_lost() {
    let mut simulation = Simulation::new(planned(
        "link ** -> ** loss 1\npartition ** | **\nlink ** -> ** latency 9s",
    ));
    let log = Log::default();
    let to = simulation.spawn("sink", Sink { log: Rc::clone(&log) });
    let from = simulation.spawn("source", Source { to });
    simulation.send(&from, 2);
    simulation.run().unwrap();
    assert_eq!(*log.borrow(), [(at("1s"), 102), (at("1s"), 103), (at("2s"), 104)]);
}

// --- chance ----------------------------------------------------------------

/// Within four standard deviations of a binomial distribution.
fn assert_share(found: u64, of: u64, p: f64, what: &str) {
    let (expected, n) = (p * of as f64, of as f64);
    let tolerance = 4.0 * (n * p * (1.0 - p)).sqrt();
    assert!((found as f64 - expected).abs() <= tolerance, "{what}: {found} of {of}, not {p}");
}

#[test]
fn as_many_are_lost_and_doubled_as_the_plan_says() {
    for (loss, duplicate) in [(0.1, 0.0), (0.5, 0.25), (0.0, 0.02), (0.999, 1.0)] {
        let faults = LinkFaults::new().loss(loss).duplicate(duplicate);
        let config = Config::new(5).faults(FaultPlan::new().link("source[*]", "sink", faults));
        let (arrived, simulation) = sent(config, 4, 10_000, Span::from_millis(1));
        let Counts { lost, duplicated, .. } = simulation.counts();
        assert_share(lost, 40_000, loss, "lost");
        assert_share(duplicated, 40_000 - lost, duplicate, "doubled");
        assert_eq!(arrived.len() as u64, 40_000 - lost + duplicated);
        assert_eq!(simulation.counts().pending(), 0);
        // Each link on its own, and independent of the one before.
        for source in 0..4 {
            let left: Vec<u32> = arrived.iter().filter(|a| a.1 == source).map(|a| a.2).collect();
            let mut there = left.clone();
            there.dedup();
            assert_share(10_000 - there.len() as u64, 10_000, loss, "lost of one source");
        }
    }
}

#[test]
fn losses_in_a_row_are_as_frequent_as_chance_has_them() {
    let config = planned("link ** -> ** loss 0.3");
    let arrived = arrivals(config, 1, 40_000, Span::from_millis(1));
    let mut lost = vec![true; 40_001];
    arrived.iter().for_each(|(_, _, left)| lost[*left as usize] = false);
    let pairs = lost[1..].chunks_exact(2).filter(|pair| pair[0] && pair[1]).count();
    assert_share(pairs as u64, 20_000, 0.09, "both lost");
}

#[test]
fn recorded_latencies_are_drawn_as_often_as_they_were_seen() {
    let millis = [(5, 1), (1, 6), (40, 2), (7, 1)];
    let spans = millis.map(|(millis, weight)| (Span::from_millis(millis), weight));
    let latency = Latency::Empirical(Empirical::weighted(spans).unwrap());
    assert_eq!(latency.allowance(), Span::from_millis(40));
    let plan = FaultPlan::new().link("**", "sink", LinkFaults::new().latency(latency.clone()));
    for config in [Config::new(5).faults(plan), Config::new(5).latency(latency)] {
        let mut seen: BTreeMap<u64, u64> = BTreeMap::new();
        for (time, _, _) in arrivals(config, 1, 20_000, SECOND) {
            *seen.entry(time.as_nanos() % 1_000_000_000 / 1_000_000).or_default() += 1;
        }
        assert_eq!(seen.keys().copied().collect::<Vec<_>>(), [1, 5, 7, 40]);
        for (millis, weight) in millis {
            assert_share(seen[&millis], 20_000, weight as f64 / 10.0, "drawn");
        }
    }
}

// --- what no rule shifts ---------------------------------------------------

/// What arrived from one source, and when.
fn of(source: u32, arrived: &[(VirtualTime, u32, u32)]) -> Vec<(VirtualTime, u32)> {
    arrived.iter().filter(|a| a.1 == source).map(|a| (a.0, a.2)).collect()
}

fn part() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "loss 0.5",
        "loss 1",
        "duplicate 0.5",
        "latency uniform:1ms..9ms",
        "latency empirical:1ms,2ms*3",
        "latency 5ms",
        "bandwidth 1kB/s",
        "loss 0.5 duplicate 0.5 latency exponential:1ms from 5ms to 20ms",
    ])
}

proptest! {
    #[test]
    fn a_rule_for_one_link_changes_no_other(
        seed: u64,
        rule in part(),
        others in part(),
        base in prop::sample::select(vec!["0s", "1ms", "uniform:1ms..3ms", "exponential:2ms"]),
    ) {
        let run = |plan: String| {
            let config = Config::new(seed).latency(base.parse().unwrap());
            arrivals(config.faults(plan.parse().unwrap()), 3, 20, Span::from_millis(3))
        };
        let all = format!("link source[2] -> ** {others}");
        let without = run(all.clone());
        let with = run(format!("link source[0] -> sink {rule}\n{all}\npartition source[0] | sink from 30ms to 40ms"));
        for source in [1, 2] {
            prop_assert_eq!(of(source, &without), of(source, &with));
        }
    }

    #[test]
    fn what_is_lost_or_doubled_does_not_depend_on_the_other_parts(
        seed: u64,
        base in prop::sample::select(vec!["1ms", "uniform:1ms..3ms"]),
        latency in prop::sample::select(vec!["", "latency uniform:1ms..2ms", "latency 5ms"]),
        bandwidth in prop::sample::select(vec!["", "bandwidth 1MB/s"]),
    ) {
        // Messages are far apart: whatever else happens, none waits for another.
        let run = |plan: String| {
            let config = Config::new(seed).latency(base.parse().unwrap());
            arrivals(config.faults(plan.parse().unwrap()), 1, 40, SECOND)
        };
        let left = |plan: String| run(plan).iter().map(|a| a.2).collect::<Vec<_>>();
        let lossy = "link source[0] -> sink loss 0.5 duplicate 0.5".to_owned();
        let both = format!("link ** -> ** loss 0.5 duplicate 0.5 {latency} {bandwidth}");
        prop_assert_eq!(left(lossy.clone()), left(both));
        // And what arrives arrives when it would have.
        let all: BTreeMap<u32, VirtualTime> = run(String::new()).iter().map(|a| (a.2, a.0)).collect();
        let lost = run("link ** -> ** loss 0.5".to_owned());
        prop_assert!(lost.iter().all(|(time, _, left)| all[left] == *time));
        prop_assert!(lost.len() < 40);
    }
}

#[test]
fn a_reborn_sender_draws_anew() {
    let run = |config: Config| {
        let log = Log::default();
        let mut simulation = Simulation::new(config);
        let to = simulation.spawn("sink", Sink { log: Rc::clone(&log) });
        let mut lives = Vec::new();
        for _ in 0..2 {
            let from = simulation.spawn("source", Source { to });
            (10..70).for_each(|number| simulation.send(&from, number));
            simulation.run().unwrap();
            lives.push(log.take().iter().map(|(_, n)| *n).filter(|n| *n < 100).collect::<Vec<_>>());
            simulation.kill_at(simulation.now(), &from);
            simulation.run().unwrap();
        }
        lives
    };
    let config = planned("link source -> sink loss 0.5");
    let lives = run(config.clone());
    assert_ne!(lives[0], lives[1]);
    assert_eq!(lives, run(config.clone()));
    assert_ne!(lives, run(config.replication(1)));
}

// --- requests --------------------------------------------------------------

struct Server;

impl Actor for Server {
    type Message = ReplyTo<u32>;
    fn handle(&mut self, reply: ReplyTo<u32>, context: &mut Context<'_, ReplyTo<u32>>) {
        context.reply(reply, 7);
    }
}

flagfall::message! {
    enum ClientMessage { Ask, AskAll, Told(Result<u32, RequestError>), AllTold(Vec<Result<u32, RequestError>>) }
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
    let servers: Vec<_> = (0..2).map(|n| simulation.spawn(("server", n), Server)).collect();
    let client = Client { servers: servers.clone(), told: Vec::new() };
    let client = simulation.spawn("client", client);
    simulation.send(&client, message);
    simulation.run().unwrap();
    Asked { simulation, client, servers, records }
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
        simulation.kill_at(at("5s"), &servers[0]);
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
    simulation.kill_at(at("5s"), &servers[1]);
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
    let asker = simulation.process("asker", move |p: Process| async move {
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
    let b = simulation.process("b", |p: Process<u32>| async move {
        let mut got = vec![p.receive().await, p.receive().await];
        while let Err(interrupt) = p.interruptible(p.sleep(Span::from_secs(9))).await {
            got.push(interrupt);
        }
        got
    });
    let to = b.clone();
    simulation.process("a", move |p: Process| async move {
        p.send(&to, 1);
        p.sleep(SECOND).await;
        p.interrupt(&to, 2);
    });
    simulation.run().unwrap();
    assert_eq!(b.result(), Some(vec![1, 1, 2, 2]));
    assert_eq!(simulation.counts().duplicated, 2);
}

// --- crashes ---------------------------------------------------------------

struct Idle;

impl Actor for Idle {
    type Message = ();
    fn handle(&mut self, (): (), _: &mut Context<'_, ()>) {}
}

/// Owns two, and a third from its first message on.
struct Owner;

impl Actor for Owner {
    type Message = u32;
    fn handle(&mut self, number: u32, context: &mut Context<'_, u32>) {
        context.spawn(("worker", number), Idle);
    }
}

/// Who died when and why, in the order of the deaths.
fn deaths(plan: &str) -> Vec<String> {
    let mut simulation = Simulation::new(planned(plan));
    let log: Log<String> = Log::default();
    let deaths = Rc::clone(&log);
    simulation.observe(move |record: &Record<'_>| {
        if let RecordKind::Died(cause) = record.kind {
            let time = record.time;
            deaths.borrow_mut().push(format!("{time} {} {cause}", record.receiver));
        }
    });
    let owner = simulation.spawn("owner", Owner);
    simulation.send(&owner, 0);
    simulation.send(&owner, 1);
    simulation.send_at(at("10s"), &owner, 2);
    simulation.run().unwrap();
    log.take()
}

#[test]
fn actors_crash_at_their_times() {
    let check = |plan: &str, expected: &[&str]| assert_eq!(deaths(plan), expected, "{plan}");
    check("crash owner/worker[1] at 3s", &["3s owner/worker[1] crashed"]);
    check("crash nobody at 3s\ncrash owner/worker[3] at 3s", &[]);
    // Whoever is born later is not meant.
    let two = ["5s owner/worker[0] crashed", "5s owner/worker[1] crashed"];
    check("crash owner/worker[*] at 5s", &two);
    check("crash **/worker[*] after 5s", &[two[0], two[1], "15s owner/worker[2] crashed"]);
    // What a crashed actor owns goes with it, though no message gets through.
    check(
        "partition ** | **\ncrash owner at 6s",
        &["6s owner crashed", "6s owner/worker[0] owner died", "6s owner/worker[1] owner died"],
    );
    // The first crash counts.
    check(
        "crash owner/worker[0] at 9s\ncrash owner/* at 2s",
        &["2s owner/worker[0] crashed", "2s owner/worker[1] crashed"],
    );
}

#[test]
fn drawn_crashes_are_exponential_and_each_actors_own() {
    let lifetimes = |plan: &str| {
        let mut simulation = Simulation::new(planned(plan));
        let log: Log<(String, f64)> = Log::default();
        let deaths = Rc::clone(&log);
        simulation.observe(move |record: &Record<'_>| {
            deaths.borrow_mut().push((record.receiver.to_string(), record.time.as_secs_f64()));
        });
        for number in 0..4_000 {
            simulation.spawn(("worker", number), Idle);
        }
        simulation.run().unwrap();
        let deaths: BTreeMap<String, f64> = log.take().into_iter().collect();
        deaths
    };
    let all = lifetimes("crash worker[*] at exponential:1h");
    assert_eq!(all.len(), 4_000);
    let mean = all.values().sum::<f64>() / 4_000.0;
    assert!((mean - 3_600.0).abs() < 4.0 * 3_600.0 / 4_000_f64.sqrt(), "{mean}");
    let early = all.values().filter(|time| **time < 3_600.0 * std::f64::consts::LN_2).count();
    assert_share(early as u64, 4_000, 0.5, "below the median");
    // Nobody's crash depends on another's rule.
    let one = lifetimes(
        "crash worker[5] at 1s\ncrash worker[*] after uniform:1h..2h\ncrash worker[7] at exponential:1h",
    );
    assert_eq!(one["worker[5]"], 1.0);
    assert!(one["worker[7]"] == all["worker[7]"] || one["worker[7]"] >= 3_600.0);
}

// --- slow actors -----------------------------------------------------------

struct Worker {
    done: Log<String>,
}

impl Actor for Worker {
    type Message = bool;
    fn handle(&mut self, begin: bool, context: &mut Context<'_, bool>) {
        if begin {
            context.hold(Span::from_secs(4), false);
        } else {
            self.done.borrow_mut().push(format!("{} {}", context.path(), context.now()));
            context.rest(SECOND);
        }
    }
}

#[test]
fn slow_actors_hold_and_rest_for_longer() {
    let done = Log::default();
    let mut simulation = Simulation::new(planned("slow taxi[3] by 2.5 from 10s to 20s"));
    for number in [2, 3] {
        let worker = simulation.spawn(("taxi", number), Worker { done: Rc::clone(&done) });
        simulation.send(&worker, true);
        simulation.send_at(at("8s"), &worker, true);
        simulation.send_at(at("8s"), &worker, true);
    }
    simulation.run().unwrap();
    let expected =
        ["taxi[2] 4s", "taxi[3] 4s", "taxi[2] 12s", "taxi[3] 15s", "taxi[2] 17s", "taxi[3] 23s"];
    let mut done = done.take();
    done.sort_by_key(|line| line.split(' ').nth(1).unwrap().parse::<Span>().unwrap());
    assert_eq!(done, expected);
    assert_eq!(simulation.now(), at("24s"));
}

#[test]
fn kills_go_through_partitions() {
    let mut simulation =
        Simulation::new(planned("partition ** | **\nlink ** -> ** loss 1 latency 1h"));
    let victim = simulation.spawn("victim", Idle);
    let killer = victim;
    simulation.process("killer", move |p: Process| async move { p.kill(&killer) });
    simulation.run().unwrap();
    assert!(!simulation.is_alive(victim.id()));
    assert_eq!(simulation.now(), VirtualTime::ZERO);
}
