//! Random programs that hand units on, store them, drop them, and die with
//! them: at each instant as much is in use as there is in living values.

use super::{at, ms};
use flagfall::resource::{Claim, Held};
use flagfall::{
    Actor, ActorRef, Config, Context, Digest, ErrorKind, Message, Process, Resource, Restart,
    Simulation, Span, Store, Timer,
};
use proptest::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

const CAPACITY: u64 = 3;
const PLAYERS: usize = 6;

/// Units, counted by the test as long as this value lives.
#[derive(Debug)]
struct Token {
    amount: u64,
    alive: Rc<Cell<u64>>,
    _held: Held,
}

impl Token {
    fn new(held: Held, amount: u64, alive: &Rc<Cell<u64>>) -> Self {
        alive.set(alive.get() + amount);
        Self { amount, alive: Rc::clone(alive), _held: held }
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.alive.set(self.alive.get() - self.amount);
    }
}

impl Message for Token {
    fn digest(&self, digest: &mut Digest) {
        self._held.digest(digest);
    }
}

#[derive(Debug, Message)]
enum Poke {
    Go,
    Unit(Token),
    Rest,
}

#[derive(Clone, Debug)]
enum Step {
    Claim(u64),
    HandTo(usize),
    SendLater(usize, u64),
    Timer(u64),
    CancelTimer,
    Shelve,
    Unshelve,
    Child,
    Drop,
    Hold(u64),
    Kill(usize),
    Stop,
    Fail,
    Panic,
}

fn step() -> impl Strategy<Value = Step> {
    let (to, span) = (0..PLAYERS, 0_u64..5);
    prop_oneof![
        5 => (1..=2_u64).prop_map(Step::Claim),
        4 => to.clone().prop_map(Step::HandTo),
        2 => (to.clone(), span.clone()).prop_map(|(to, span)| Step::SendLater(to, span)),
        2 => span.clone().prop_map(Step::Timer),
        1 => Just(Step::CancelTimer),
        2 => Just(Step::Shelve),
        2 => Just(Step::Unshelve),
        2 => Just(Step::Child),
        2 => Just(Step::Drop),
        1 => span.prop_map(Step::Hold),
        1 => to.prop_map(Step::Kill),
        1 => Just(Step::Stop),
        1 => Just(Step::Fail),
    ]
}

#[derive(Clone)]
struct World {
    pump: Resource,
    shelf: Store<Token>,
    players: Rc<RefCell<Vec<ActorRef<Poke>>>>,
    alive: Rc<Cell<u64>>,
}

impl World {
    fn player(&self, number: usize) -> ActorRef<Poke> {
        self.players.borrow()[number]
    }
}

struct Player {
    world: World,
    script: Rc<[Step]>,
    next: usize,
    has: Vec<Token>,
    timer: Option<Timer>,
}

impl Player {
    fn new(world: &World, script: &Rc<[Step]>) -> Self {
        let (world, script) = (world.clone(), Rc::clone(script));
        Self { world, script, next: 0, has: Vec::new(), timer: None }
    }

    fn next_step(&mut self) -> Option<Step> {
        self.next += 1;
        self.script.get(self.next - 1).cloned()
    }
}

impl Actor for Player {
    type Message = Poke;
    fn handle(&mut self, message: Poke, context: &mut Context<'_, Poke>) {
        match message {
            Poke::Go => {}
            Poke::Unit(token) => return self.has.push(token),
            Poke::Rest => return,
        }
        let World { pump, shelf, alive, .. } = self.world.clone();
        match self.next_step() {
            None => {}
            Some(Step::Claim(amount)) => {
                let wrap = move |held| Poke::Unit(Token::new(held, amount, &alive));
                pump.claim(context, Claim::new().amount(amount), wrap);
            }
            Some(Step::HandTo(to)) => {
                let to = self.world.player(to);
                self.has.drain(..).for_each(|token| context.send(&to, Poke::Unit(token)));
            }
            Some(Step::SendLater(to, span)) => {
                if let Some(token) = self.has.pop() {
                    context.send_after(ms(span), &self.world.player(to), Poke::Unit(token));
                }
            }
            Some(Step::Timer(span)) => {
                if let Some(token) = self.has.pop() {
                    self.timer = Some(context.set_timer(ms(span), Poke::Unit(token)));
                }
            }
            Some(Step::CancelTimer) => {
                drop(self.timer.take().and_then(|timer| context.cancel(timer)));
            }
            Some(Step::Shelve) => {
                self.has.drain(..).for_each(|token| _ = shelf.put_soon(context, token));
            }
            Some(Step::Unshelve) => _ = shelf.get_then(context, |_| true, Poke::Unit),
            Some(Step::Child) => {
                let child = Self::new(&self.world, &Rc::from([]));
                let child = context.spawn(("child", self.next as u32), child);
                self.has.drain(..).for_each(|token| context.send(&child, Poke::Unit(token)));
            }
            Some(Step::Drop) => self.has.clear(),
            Some(Step::Hold(span)) => context.hold(ms(span), Poke::Rest),
            Some(Step::Kill(victim)) => context.kill(&self.world.player(victim)),
            Some(Step::Stop) => context.stop(),
            Some(Step::Fail) => context.fail("meant"),
            Some(Step::Panic) => panic!("meant"),
        }
    }
}

/// The same as a process; `open` counts the claims that it waits for.
async fn play(p: Process<Poke>, world: World, script: Rc<[Step]>, open: Rc<Cell<u64>>) {
    let mut player = Player::new(&world, &script);
    loop {
        match p.receive().await {
            Poke::Go => {}
            Poke::Unit(token) => {
                player.has.push(token);
                continue;
            }
            Poke::Rest => continue,
        }
        let Some(step) = player.next_step() else { continue };
        match step {
            Step::Claim(amount) => {
                open.set(open.get() + 1);
                let claim = world.pump.acquire_as(&p, Claim::new().amount(amount));
                if let Ok(held) = p.timeout(ms(3), claim).await {
                    player.has.push(Token::new(held, amount, &world.alive));
                }
            }
            Step::HandTo(to) => {
                let to = world.player(to);
                player.has.drain(..).for_each(|token| p.send(&to, Poke::Unit(token)));
            }
            Step::SendLater(to, span) => {
                if let Some(token) = player.has.pop() {
                    p.send_after(ms(span), &world.player(to), Poke::Unit(token));
                }
            }
            Step::Timer(span) | Step::Hold(span) => p.sleep(ms(span)).await,
            Step::CancelTimer | Step::Drop => player.has.clear(),
            Step::Shelve => {
                for token in player.has.drain(..) {
                    _ = p.timeout(ms(2), world.shelf.put(&p, token)).await;
                }
            }
            Step::Unshelve => {
                if let Ok(token) = p.timeout(ms(2), world.shelf.get(&p)).await {
                    player.has.push(token);
                }
            }
            Step::Child => {
                let child = Player::new(&world, &Rc::from([]));
                let child = p.spawn(("child", player.next as u32), child);
                player.has.drain(..).for_each(|token| p.send(&child, Poke::Unit(token)));
            }
            Step::Kill(victim) => p.kill(&world.player(victim)),
            Step::Stop | Step::Fail => return,
            Step::Panic => panic!("meant"),
        }
    }
}

/// Who does what, and how often each is told to go on.
type Program = (Vec<Vec<Step>>, Vec<(u64, usize)>);

fn program() -> impl Strategy<Value = Program> {
    let scripts = prop::collection::vec(prop::collection::vec(step(), 0..8), PLAYERS);
    (scripts, prop::collection::vec((0_u64..20, 0..PLAYERS), 0..40))
}

struct Stage {
    simulation: Simulation,
    world: World,
    open: Rc<Cell<u64>>,
}

impl Stage {
    fn new((scripts, pokes): &Program) -> Self {
        let mut simulation = Simulation::new(Config::new(1).keep_undeliverable(5));
        let pump = Resource::new(&mut simulation, "pump", CAPACITY);
        let shelf = Store::new(&mut simulation, "shelf", 2);
        let (players, alive) = (Rc::default(), Rc::default());
        let world = World { pump, shelf, players, alive };
        let open = Rc::new(Cell::new(0));
        for (number, script) in (0_u32..).zip(scripts) {
            let script: Rc<[Step]> = script.as_slice().into();
            let own = world.clone();
            let player = match number % 3 {
                0 => *simulation.spawn(("actor", number), Player::new(&own, &script)),
                1 => {
                    let policy = Restart::always().at_most(2, Span::MAX).or_stay_dead();
                    let make = move || Player::new(&own, &script);
                    *simulation.spawn_supervised(("ward", number), policy, make)
                }
                _ => {
                    let open = Rc::clone(&open);
                    let work = move |p: Process<Poke>| play(p, own, script, open);
                    *simulation.process_receiving(("process", number), work)
                }
            };
            world.players.borrow_mut().push(player);
        }
        for (time, player) in pokes {
            simulation.send_at(at(*time), &world.player(*player), Poke::Go).unwrap();
        }
        Self { simulation, world, open }
    }

    /// How much is in use, and how much is in living values.
    fn balance(&self) -> (u64, u64) {
        (self.world.pump.in_use(&self.simulation), self.world.alive.get())
    }

    /// Whatever is still held goes with the simulation.
    fn end(self) -> Result<(), TestCaseError> {
        let Self { simulation, world, .. } = self;
        drop(simulation);
        prop_assert_eq!(world.alive.get(), 0, "a value was kept");
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn as_much_is_in_use_as_there_is_in_living_values(program in program()) {
        let mut stage = Stage::new(&program);
        loop {
            let (before, (in_use, alive)) = (stage.simulation.now(), stage.balance());
            // A process that was granted some has them when it goes on, within
            // the instant.
            prop_assert!(alive <= in_use && in_use <= CAPACITY, "{alive} of {in_use}");
            let stepped = stage.simulation.step().map_err(|e| TestCaseError::fail(e.to_string()))?;
            if stage.simulation.now() > before || !stepped {
                prop_assert_eq!(in_use, alive, "at {}", before);
            }
            if !stepped {
                break;
            }
        }
        stage.end()?;
    }

    #[test]
    fn a_panic_loses_and_doubles_nothing(program in program(), at in 0..8_usize, who in 0..PLAYERS) {
        let (mut scripts, pokes) = program;
        let at = at.min(scripts[who].len());
        scripts[who].insert(at, Step::Panic);
        let mut stage = Stage::new(&(scripts, pokes));
        match stage.simulation.run() {
            Err(error) => prop_assert!(matches!(error.kind, ErrorKind::Panic { .. }), "{error}"),
            Ok(_) => {
                let (in_use, alive) = stage.balance();
                prop_assert_eq!(in_use, alive);
            }
        }
        let (in_use, alive) = stage.balance();
        let unheard = 2 * stage.open.get();
        prop_assert!(alive <= in_use && in_use <= alive + unheard, "{alive} of {in_use}");
        stage.end()?;
    }
}
