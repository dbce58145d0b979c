//! The model; `main.rs` gives it random draws, the tests give it recorded ones.

use flagfall::prelude::*;
use std::rc::Rc;

/// What is drawn, and by whom.
pub(crate) trait Draws {
    /// From one message to the next.
    fn gaps(&self, sender: &Process) -> Box<dyn Iterator<Item = Span>>;
    /// How long a receiver is busy with each of its messages.
    fn works(&self, receiver: &Process, number: usize) -> Box<dyn Iterator<Item = Span>>;
}

pub(crate) struct Letter {
    number: u64,
    sent: VirtualTime,
}

/// What happens to a letter.
pub(crate) enum Event {
    Sent,
    Received { receiver: usize, age: Span },
}

pub(crate) struct Post {
    /// A pipe for each receiver.
    pub(crate) pipes: Vec<Store<Letter>>,
    pub(crate) draws: Box<dyn Draws>,
    /// Is told when what happens to the letter of which number.
    pub(crate) log: Box<dyn Fn(VirtualTime, u64, Event)>,
}

/// Makes the pipe of a receiver, with room for any number of letters.
pub(crate) fn pipe(simulation: &mut Simulation, receiver: u32) -> Store<Letter> {
    Store::new(simulation, ("pipe", receiver), usize::MAX)
}

pub(crate) fn open(simulation: &mut Simulation, post: Post) {
    let post = Rc::new(post);
    let shared = Rc::clone(&post);
    simulation.process("sender", |p| sender(p, shared));
    for (number, _) in (0..).zip(&post.pipes) {
        let post = Rc::clone(&post);
        simulation.process(("receiver", number), move |p| receiver(p, post, number as usize));
    }
}

/// Sends every letter to all receivers.
async fn sender(p: Process, post: Rc<Post>) {
    for (number, gap) in (1..).zip(post.draws.gaps(&p)) {
        p.sleep(gap).await;
        (post.log)(p.now(), number, Event::Sent);
        for pipe in &post.pipes {
            // There is room for any number: nothing to wait for.
            drop(pipe.put(&p, Letter { number, sent: p.now() }));
        }
    }
}

/// Takes letters from its pipe, one after the other.
async fn receiver(p: Process, post: Rc<Post>, receiver: usize) {
    for work in post.draws.works(&p, receiver) {
        let Letter { number, sent } = post.pipes[receiver].get(&p).await;
        (post.log)(p.now(), number, Event::Received { receiver, age: p.now() - sent });
        p.sleep(work).await;
    }
}
