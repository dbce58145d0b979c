//! What a panic carries.

use crate::engine::secs;
use flagfall::{Actor, Config, Context, ErrorKind, Simulation, Span, VirtualTime};
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, Location, catch_unwind};

/// What a panic carries may panic when it is dropped, and that may again.
struct Bomb(u32);

impl Drop for Bomb {
    fn drop(&mut self) {
        if self.0 > 0 {
            std::panic::panic_any(Self(self.0 - 1));
        }
    }
}

struct Bomber;
impl Actor for Bomber {
    type Message = u32;
    fn handle(&mut self, depth: u32, _: &mut Context<'_, u32>) {
        std::panic::panic_any(Bomb(depth));
    }
}

#[test]
fn what_a_panic_carries_goes_no_further_than_the_run() {
    let kind = ErrorKind::Panic { message: "a panic without a message".to_owned() };
    for depth in 0..4 {
        let mut simulation = Simulation::new(Config::new(7));
        let bomber = simulation.spawn("bomber", Bomber);
        simulation.send(&bomber, depth);
        let error = simulation.run().unwrap_err();
        assert_eq!((&error.kind, error.actor.as_str()), (&kind, "bomber"));

        let mut simulation = Simulation::new(Config::new(7));
        simulation.process("bomber", async move |p| {
            p.sleep(Span::from_secs(1)).await;
            std::panic::panic_any(Bomb(depth));
        });
        let error = simulation.run().unwrap_err();
        assert_eq!((&error.kind, error.time), (&kind, VirtualTime::ZERO + secs(1)));
        assert_eq!(simulation.run(), Err(error));
    }
}

/// Runs what panics: where that was, and what it said.
pub(crate) fn place_of_panic(work: impl FnOnce()) -> (Option<String>, String) {
    thread_local! {
        static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
        static NOTED: Cell<bool> = const { Cell::new(false) };
    }
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if NOTED.get() {
                PLACE.set(panic.location().map(Location::to_string));
            } else {
                usual(panic);
            }
        }));
    });
    NOTED.set(true);
    let panic = catch_unwind(AssertUnwindSafe(work)).expect_err("it panics");
    NOTED.set(false);
    let text = panic.downcast_ref::<String>().cloned();
    (PLACE.take(), text.or(panic.downcast_ref::<&str>().map(|t| (*t).to_owned())).expect("a text"))
}
