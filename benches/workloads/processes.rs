//! Processes and resources.

use flagfall::resource::{Claim, Held};
use flagfall::{Actor, Config, Context, Message, Resource, Simulation, Span, Store};

/// Processes that sleep, one millisecond each.
pub(crate) fn sleepers(config: Config) -> Simulation {
    let mut simulation = Simulation::new(config);
    for number in 0..64 {
        simulation.process(("sleeper", number), async move |p| {
            loop {
                p.sleep(Span::from_millis(1)).await;
            }
        });
    }
    simulation
}

/// Starts a process that ends at once, every millisecond: two events a
/// process, its start and the parent's next turn.
pub(crate) fn process_lives(config: Config) -> Simulation {
    let mut simulation = Simulation::new(config);
    simulation.process("parent", async move |p| {
        loop {
            p.sleep(Span::from_millis(1)).await;
            p.process(("child", 0), async move |_| {});
        }
    });
    simulation
}

/// Processes that queue for a server, are served, and queue again.
pub(crate) fn queue(config: Config) -> Simulation {
    queue_for(config, 1)
}

/// The same with a server for each: nobody waits. Two events a claim, the
/// grant and the end of the service.
pub(crate) fn free_claims(config: Config) -> Simulation {
    queue_for(config, 16)
}

/// Customers of three priorities are served by three servers: claims come out of
/// order, into the line and out of it.
pub(crate) fn priorities(config: Config) -> Simulation {
    let mut simulation = Simulation::new(config);
    let servers = Resource::new(&mut simulation, "servers", 3);
    for number in 0..16_u32 {
        simulation.process(("customer", number), async move |p| {
            let claim = Claim::new().priority(number as i32 % 3);
            loop {
                let span = Span::from_micros(1_000 + 10 * u64::from(number));
                servers.serve(&p, claim, span).await.expect("no claim preempts");
                p.sleep(4 * span).await;
            }
        });
    }
    simulation
}

fn queue_for(config: Config, servers: u64) -> Simulation {
    let mut simulation = Simulation::new(config);
    let server = Resource::new(&mut simulation, "server", servers);
    for number in 0..16 {
        simulation.process(("customer", number), async move |p| {
            loop {
                let _held = server.acquire(&p).await;
                p.sleep(Span::from_millis(1)).await;
            }
        });
    }
    simulation
}

#[derive(Debug, Message)]
enum PatronMessage {
    Come,
    Served(Held),
    Done(Held),
}

/// Does the same as an actor.
struct Patron {
    server: Resource,
}

impl Actor for Patron {
    type Message = PatronMessage;
    fn handle(&mut self, message: PatronMessage, context: &mut Context<'_, PatronMessage>) {
        match message {
            PatronMessage::Come => {
                self.server.claim(context, Claim::new(), PatronMessage::Served);
            }
            PatronMessage::Served(grant) => {
                context.schedule(Span::from_millis(1), PatronMessage::Done(grant));
            }
            PatronMessage::Done(grant) => {
                self.server.release(context, grant);
                self.server.claim(context, Claim::new(), PatronMessage::Served);
            }
        }
    }
}

pub(crate) fn claims(config: Config) -> Simulation {
    let mut simulation = Simulation::new(config);
    let server = Resource::new(&mut simulation, "server", 1);
    for number in 0..16 {
        let patron = simulation.spawn(("patron", number), Patron { server });
        simulation.send(&patron, PatronMessage::Come);
    }
    simulation
}

/// Puts things down and picks them up again.
pub(crate) fn store(config: Config) -> Simulation {
    let mut simulation = Simulation::new(config);
    let shelf = Store::new(&mut simulation, "shelf", 4);
    for number in 0..16_u32 {
        simulation.process(("baker", number), async move |p| {
            for loaf in 0_u64.. {
                p.sleep(Span::from_millis(1)).await;
                shelf.put(&p, loaf).await;
            }
        });
        simulation.process(("eater", number), async move |p| {
            loop {
                shelf.get(&p).await;
                p.sleep(Span::from_millis(1)).await;
            }
        });
    }
    simulation
}
