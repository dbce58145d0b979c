//! What resources keep of those they have served: nothing.

use crate::allocations;
use flagfall::resource::Claim;
use flagfall::{
    Actor, Config, Container, Context, Message, Process, Resource, Simulation, Span, Store,
    VirtualTime,
};

const MILLISECOND: Span = Span::from_millis(1);

#[derive(Debug, Message)]
enum Clerk {
    Next,
    Paper(u64),
    Filled,
    Drawn,
}

/// Takes papers, and fills and draws from a tank, one after the other.
struct Desk {
    papers: Store<u64>,
    tank: Container,
}

impl Actor for Desk {
    type Message = Clerk;
    fn handle(&mut self, message: Clerk, context: &mut Context<'_, Clerk>) {
        match message {
            Clerk::Next | Clerk::Drawn => {
                self.papers.get_then(context, |_| true, Clerk::Paper);
            }
            Clerk::Paper(paper) => {
                self.papers.put_soon(context, paper);
                self.tank.put_then(context, 1, |()| Clerk::Filled);
            }
            Clerk::Filled => {
                self.tank.get_then(context, 1, |()| Clerk::Drawn);
            }
        }
    }
}

/// Takes a unit away from `low`.
async fn urgent(p: Process, lathe: Resource) {
    loop {
        p.sleep(MILLISECOND).await;
        drop(lathe.acquire_as(&p, Claim::new().preempting()).await);
    }
}

#[test]
fn who_was_served_is_forgotten() {
    let mut simulation = Simulation::new(Config::new(42));
    let papers = Store::new(&mut simulation, "papers", 4);
    let tank = Container::new(&mut simulation, "tank", 1, 0);
    let lathe = Resource::new(&mut simulation, "lathe", 1);
    let desk = simulation.spawn("desk", Desk { papers, tank });
    simulation.send(&desk, Clerk::Next);
    simulation.process("messenger", async move |p| {
        loop {
            p.sleep(MILLISECOND).await;
            papers.put(&p, 7).await;
            // The desk takes it, puts it down again, and waits for the next.
            papers.get(&p).await;
        }
    });
    simulation.process("low", async move |p| {
        p.process("urgent", move |p| urgent(p, lathe));
        loop {
            let held = lathe.acquire_as(&p, Claim::new().priority(5).yielding()).await;
            held.preempted(&p).await;
        }
    });
    let second = |number| VirtualTime::from_secs(number);
    simulation.run_until(second(4)).expect("no errors");
    let held = allocations(|| _ = simulation.run_until(second(12)).expect("no errors"));
    // What is there is kept in trees, whose nodes come and go.
    assert!(held.bytes_current < 4_096, "{} bytes more are held", held.bytes_current);
    assert!(lathe.statistics(&simulation).preempted > 5_000);
    assert!(tank.statistics(&simulation).granted > 5_000);
}
