//! What the engine says to mistakes with resources.

use crate::panics::place_of_panic;
use flagfall::resource::Claim;
use flagfall::{
    Actor, Config, Container, Context, ErrorKind, Message, Resource, Simulation, SimulationError,
    Store,
};

/// What a simulation says of that at once; the run goes on without it.
fn refusal_of(mistake: impl FnOnce(&mut Simulation)) -> String {
    let mut simulation = Simulation::new(Config::new(42));
    let (place, text) = place_of_panic(|| mistake(&mut simulation));
    assert!(place.is_some_and(|place| place.starts_with(file!())), "{text}");
    simulation.run().expect("it was told at the call");
    text
}

/// The error of a run that was set up so.
fn error_of(set_up: impl FnOnce(&mut Simulation)) -> SimulationError {
    let mut simulation = Simulation::new(Config::new(42));
    set_up(&mut simulation);
    let error = simulation.run().expect_err("the run fails");
    assert_eq!(simulation.step(), Err(error.clone()), "and stays failed");
    error
}

#[test]
fn more_than_there_is_is_never_enough() {
    type Ask = fn(&mut Simulation);
    let asks: [(Ask, &str, &str); 3] = [
        (
            |simulation| {
                let pumps = Resource::new(simulation, "pumps", 2);
                simulation.process("car", async move |p| {
                    _ = pumps.acquire_as(&p, Claim::new().amount(3)).await;
                });
            },
            "car",
            "3 are asked of pumps, which has 2 at most",
        ),
        (
            |simulation| {
                let tank = Container::new(simulation, "tank", 200, 0);
                simulation.process("car", async move |p| {
                    tank.get(&p, 201).await;
                });
            },
            "car",
            "201 are asked of tank, which has 200 at most",
        ),
        (
            |simulation| {
                let tank = Container::new(simulation, "tank", 200, 0);
                simulation.process("truck", async move |p| {
                    tank.put(&p, 500).await;
                });
            },
            "truck",
            "500 are asked of tank, which has 200 at most",
        ),
    ];
    for (ask, actor, message) in asks {
        let error = error_of(ask);
        assert!(matches!(error.kind, ErrorKind::NeverEnough { .. }), "{error}");
        assert_eq!(error.actor, actor);
        assert_eq!(error.kind.to_string(), format!("{message}: ask for less, or make it larger"));
    }
    let text = refusal_of(|simulation| _ = Container::new(simulation, "tank", 200, 300));
    assert!(text.starts_with("300 are asked of tank, which has 200 at most"), "{text}");
}

#[test]
fn a_resource_without_room_is_a_mistake() {
    let makes: [fn(&mut Simulation); 3] = [
        |simulation| _ = Resource::new(simulation, "nothing", 0),
        |simulation| _ = Container::new(simulation, "nothing", 0, 0),
        |simulation| _ = Store::<u64>::new(simulation, "nothing", 0),
    ];
    for make in makes {
        assert_eq!(
            refusal_of(make),
            "nothing would have no room for anything: give it a capacity of 1 or more \
             (event 0, virtual time 0s, seed 42, replication 0)"
        );
    }
}

#[test]
fn names_of_resources_are_names_of_actors() {
    struct Idle;
    impl Actor for Idle {
        type Message = ();
        fn handle(&mut self, (): (), _: &mut Context<'_, ()>) {}
    }
    let makes: [fn(&mut Simulation); 3] = [
        |simulation| _ = Resource::new(simulation, "till", 1),
        |simulation| _ = simulation.spawn("till", Idle),
        |simulation| _ = simulation.process("till", async |_| ()),
    ];
    for make in makes {
        let text = refusal_of(|simulation| {
            Store::<u64>::new(simulation, "till", 1);
            make(simulation);
        });
        let words = "a second living actor would be named till: number the name (event 0,";
        assert!(text.starts_with(words), "{text}");
    }
    let text = refusal_of(|simulation| _ = Resource::new(simulation, "a/b", 1));
    assert!(text.starts_with("an actor would be named `a/b`"), "{text}");
}

/// Claims so when it is told to.
struct Claimer(Resource, Claim);

#[derive(Debug, Message)]
enum Order {
    Claim,
    Granted(flagfall::resource::Held),
}

impl Actor for Claimer {
    type Message = Order;
    fn handle(&mut self, order: Order, context: &mut Context<'_, Order>) {
        match order {
            Order::Claim => _ = self.0.claim(context, self.1, Order::Granted),
            Order::Granted(grant) => self.0.release(context, grant),
        }
    }
}

#[test]
fn an_actor_that_yields_must_hear_of_its_loss() {
    let error = error_of(|simulation| {
        let lathe = Resource::new(simulation, "lathe", 1);
        let claimer = simulation.spawn("claimer", Claimer(lathe, Claim::new().yielding()));
        simulation.send(&claimer, Order::Claim);
    });
    assert_eq!(error.kind, ErrorKind::UnheardLoss);
    assert_eq!(
        error.to_string(),
        "actor claimer: an actor's claim yields, but the actor would not be told when it loses \
         the units: use Resource::claim_yielding (event 1, virtual time 0s, seed 42, replication 0)"
    );
}

#[test]
fn a_resource_of_another_simulation_is_foreign() {
    let mut other = Simulation::new(Config::new(42));
    Resource::new(&mut other, "one", 1);
    let far = Resource::new(&mut other, "two", 1);
    let tank = Container::new(&mut other, "tank", 2, 1);
    let shelf = Store::<u64>::new(&mut other, "shelf", 1);
    type Misuse = Box<dyn FnOnce(&mut Simulation)>;
    let uses: [Misuse; 5] = [
        Box::new(move |simulation| {
            simulation.process("p", async move |p| _ = far.acquire(&p).await);
        }),
        Box::new(move |simulation| {
            simulation.process("p", async move |p| tank.get(&p, 1).await);
        }),
        Box::new(move |simulation| {
            simulation.process("p", async move |p| shelf.put(&p, 1).await);
        }),
        Box::new(move |simulation| {
            simulation.process("p", async move |p| _ = shelf.get(&p).await);
        }),
        Box::new(move |simulation| {
            let claimer = simulation.spawn("p", Claimer(far, Claim::new()));
            simulation.send(&claimer, Order::Claim);
        }),
    ];
    for (number, misuse) in uses.into_iter().enumerate() {
        let error = error_of(|simulation| {
            // Something of another kind in its place.
            Container::new(simulation, "own", 1, 0);
            misuse(simulation);
        });
        assert_eq!(
            (error.kind, error.actor.as_str()),
            (ErrorKind::ForeignReference, "p"),
            "{number}"
        );
    }
}
