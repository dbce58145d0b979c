//! The model; `main.rs` gives it its gaps, the tests give it recorded ones.

use flagfall::prelude::*;
use std::rc::Rc;

/// Spans from one message to the next.
pub(crate) type Gaps = Box<dyn Iterator<Item = Span>>;

pub(crate) struct Letter {
    number: u32,
    sent: VirtualTime,
}

/// What happens to a message.
pub(crate) enum Event {
    Sent,
    Arrived,
    Received { sent: VirtualTime },
}

pub(crate) struct Cable {
    /// How long a message is under way.
    pub(crate) delay: Span,
    pub(crate) far_end: Store<Letter>,
    /// Is told when what happens to the message of which number.
    pub(crate) log: Box<dyn Fn(VirtualTime, u32, Event)>,
}

/// Makes the far end of a cable, with room for any number of messages.
pub(crate) fn far_end(simulation: &mut Simulation) -> Store<Letter> {
    Store::new(simulation, "far end", usize::MAX)
}

pub(crate) fn open(simulation: &mut Simulation, cable: Cable, gaps: Gaps) {
    let cable = Rc::new(cable);
    let shared = Rc::clone(&cable);
    simulation.process("sender", |p| sender(p, shared, gaps));
    simulation.process("receiver", |p| receiver(p, cable));
}

async fn sender(p: Process, cable: Rc<Cable>, gaps: Gaps) {
    for (number, gap) in (1..).zip(gaps) {
        p.sleep(gap).await;
        (cable.log)(p.now(), number, Event::Sent);
        let letter = Letter { number, sent: p.now() };
        let cable = Rc::clone(&cable);
        p.process(("message", number), move |p| travel(p, cable, letter));
    }
}

/// The way of one message through the cable; any number travel at once.
async fn travel(p: Process, cable: Rc<Cable>, letter: Letter) {
    p.sleep(cable.delay).await;
    (cable.log)(p.now(), letter.number, Event::Arrived);
    // There is room for any number: nothing to wait for.
    drop(cable.far_end.put(&p, letter));
}

async fn receiver(p: Process, cable: Rc<Cable>) {
    loop {
        let Letter { number, sent } = cable.far_end.get(&p).await;
        (cable.log)(p.now(), number, Event::Received { sent });
    }
}
