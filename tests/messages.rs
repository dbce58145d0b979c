//! What `derive(Message)` makes of a type: the same as is written by hand.

use flagfall::{ActorRef, Config, Digest, Message, Process, ReplyTo, Simulation};

#[derive(Debug, Message)]
enum Every<T, const N: usize>
where
    T: Copy,
{
    Unit,
    Tuple(T, [u8; N]),
    Named { first: T, second: String },
    Raw { r#type: u64 },
    Nothing(),
}

#[derive(Debug, Message)]
struct Pair<A, B = u32>(A, B);

#[derive(Debug, Message)]
struct Named<T> {
    item: T,
    later: Option<Box<Named<T>>>,
}

#[derive(Debug, Message)]
struct Unit;

#[derive(Debug, Message)]
enum Never {}

#[derive(Debug, Message)]
enum Asked<T> {
    Ask(ReplyTo<T>),
    Tell(ActorRef<T>, T),
}

macro_rules! wrapped {
    ($name:ident, $type:ty) => {
        #[derive(Debug, Message)]
        struct $name {
            digest: $type,
            copying: $type,
        }
    };
}
wrapped!(Wrapped, u64);

/// Held to what it is to be fed with, and to how many bytes.
fn check<M: Message>(message: &M, size: u64, by_hand: impl FnOnce(&mut Digest)) {
    let digest_of = |feed: &dyn Fn(&mut Digest)| {
        let mut digest = Digest::default();
        feed(&mut digest);
        digest
    };
    let mut expected = Digest::default();
    by_hand(&mut expected);
    assert_eq!(digest_of(&|digest| message.digest(digest)), expected, "{message:?}");
    assert_eq!(message.size(), size, "{message:?}");
    let copy = message.duplicate().expect("it can be copied");
    assert_eq!(format!("{copy:?}"), format!("{message:?}"));
    assert_eq!(digest_of(&|digest| copy.digest(digest)), expected);
}

#[test]
fn variants_have_numbers_and_structs_none() {
    type E = Every<u16, 3>;
    check(&E::Unit, 1, |digest| digest.write_variant(0));
    check(&E::Tuple(7, [1, 2, 3]), 6, |digest| {
        digest.write_variant(1);
        7_u16.digest(digest);
        [1_u8, 2, 3].digest(digest);
    });
    check(&E::Named { first: 9, second: "text".into() }, 7, |digest| {
        digest.write_variant(2);
        9_u16.digest(digest);
        String::from("text").digest(digest);
    });
    check(&E::Raw { r#type: 5 }, 9, |digest| {
        digest.write_variant(3);
        5_u64.digest(digest);
    });
    check(&E::Nothing(), 1, |digest| digest.write_variant(4));
    check(&Pair(1_u8, 2), 5, |digest| {
        1_u8.digest(digest);
        2_u32.digest(digest);
    });
    check(&Unit, 0, |_| ());
    check(&Wrapped { digest: 1, copying: 2 }, 16, |digest| {
        1_u64.digest(digest);
        2_u64.digest(digest);
    });
    let last = Named { item: 2_u8, later: None };
    let first = Named { item: 1_u8, later: Some(Box::new(last)) };
    let size = first.size();
    check(&first, size, |digest| {
        1_u8.digest(digest);
        first.later.digest(digest);
    });
    let none: Option<Never> = None;
    check(&none, none.size(), |digest| none.digest(digest));
}

#[test]
fn a_generic_message_asks_and_tells() {
    let mut simulation = Simulation::new(Config::new(42));
    let server = simulation.process_receiving("server", async |p: Process<Asked<u64>>| {
        loop {
            match p.receive().await {
                Asked::Ask(reply) => p.reply(reply, 7),
                Asked::Tell(whom, word) => p.send(&whom, word),
            }
        }
    });
    let to = *server;
    let client = simulation.process_receiving("client", async move |p: Process<u64>| {
        let answer = p.ask(&to, Asked::Ask).await.expect("it lives");
        p.send(&to, Asked::Tell(p.me(), 8));
        (answer, p.receive().await)
    });
    simulation.run().expect("no errors");
    assert_eq!(client.result(), Some((7, 8)));
}

/// Nothing that asks for one answer can be doubled.
#[test]
fn what_holds_a_reply_cannot_be_doubled() {
    let mut simulation = Simulation::new(Config::new(42));
    let server = simulation.process_receiving("server", async |p: Process<Asked<u64>>| {
        let question = p.receive().await;
        question.duplicate().is_none()
    });
    let to = *server;
    simulation.process("client", async move |p| _ = p.ask(&to, Asked::Ask).await);
    simulation.run().expect("no errors");
    assert_eq!(server.result(), Some(true));
}
