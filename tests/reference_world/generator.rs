//! Random programs that are full of ties: few spans, few units, few names.

use super::program::{Ask, How, Order, Program, Step, Wait, What, Word};

/// Steele, Lea and Flood's SplitMix64: the same programs everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// One of the numbers from `least` to `most`.
    fn from(&mut self, least: u64, most: u64) -> u64 {
        least + self.word() % (most - least + 1)
    }

    fn place(&mut self, many: usize) -> usize {
        self.from(0, many as u64 - 1) as usize
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.from(1, 100) <= percent
    }

    fn list<T>(&mut self, least: u64, most: u64, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.from(least, most)).map(|_| one(self)).collect()
    }

    fn span(&mut self) -> u64 {
        [0, 1, 1, 2][self.place(4)]
    }
}

/// The program of that number.
pub fn program(number: u64) -> Program {
    let dice = &mut Dice::new(number);
    match number % 8 {
        3 => crowded(dice),
        7 => hasty(dice),
        _ => mixed(dice),
    }
}

/// Many want the same: units are taken from several at once, who claim again, and twice,
/// at that instant; several wait for one signal; an actor fails while it waits in lines.
fn crowded(dice: &mut Dice) -> Program {
    let patiently = |wait| Step::Await(How::Patiently, What::One(wait));
    let ask = |dice: &mut Dice, priority| Ask { amount: 1, priority, yielding: true, ..ask(dice) };
    let phrase = |dice: &mut Dice| {
        let sleep = patiently(Wait::Sleep(dice.span()));
        let (one, two) = (ask(dice, 1), ask(dice, 1));
        let [one, two] = [one, two].map(|ask| Wait::Acquire { of: 0, ask });
        match dice.from(1, 10) {
            1..=3 => {
                let work = patiently(Wait::Work(dice.from(1, 3)));
                let both =
                    if dice.chance(50) { What::Gather(one, two) } else { What::All(one, two) };
                vec![patiently(one), work, Step::Await(How::Within(dice.from(1, 3)), both)]
            }
            4..=6 => {
                let ask = Ask { amount: dice.from(1, 2), preempting: true, ..ask(dice, -1) };
                let serve = Wait::Serve { of: 0, ask, span: dice.from(0, 1), word: Word::GiveUp };
                vec![sleep, patiently(serve)]
            }
            7 => vec![patiently(Wait::Signal(0))],
            8 => vec![sleep, Step::Fire(0)],
            9 => {
                let order = Order::Claim { of: 0, ask: ask(dice, 0) };
                vec![Step::Tell { whom: 1, order }, sleep]
            }
            _ => vec![sleep, Step::Tell { whom: 1, order: Order::Fail }],
        }
    };
    Program {
        horizon: dice.from(3, 8),
        resources: vec![dice.from(1, 3)],
        containers: vec![(1, 0)],
        stores: vec![(1, false)],
        cast: dice.list(4, 6, |dice| (dice.place(5), 0)),
        scripts: dice.list(5, 5, |dice| dice.list(2, 4, phrase).concat()),
    }
}

/// Much is served at the very instant at which it is given up: because something else has
/// come, because a wait for two ends with one, because somebody is killed.
fn hasty(dice: &mut Dice) -> Program {
    let wait = |dice: &mut Dice| match dice.from(1, 8) {
        1..=2 => Wait::Draw { which: 0, amount: dice.from(1, 3) },
        3 => Wait::Fill { which: 0, amount: dice.from(1, 3) },
        4..=5 => {
            let wanted = dice.chance(30).then(|| dice.from(0, 1) as i64);
            Wait::Get { from: 0, wanted }
        }
        6 => Wait::Put { into: 0, rank: dice.from(0, 1) as i64 },
        7 => Wait::PutWithin { into: 0, rank: dice.from(0, 1) as i64, span: dice.from(1, 2) },
        _ => Wait::Acquire { of: 0, ask: ask(dice) },
    };
    let phrase = |dice: &mut Dice| {
        let sleep = Wait::Sleep(dice.from(1, 2));
        let (one, two) = (wait(dice), wait(dice));
        let patiently = |what| Step::Await(How::Patiently, what);
        match dice.from(1, 12) {
            1..=3 => vec![patiently(What::One(sleep)), patiently(What::One(one))],
            4 => vec![patiently(What::Any(sleep, one)), Step::Drop(usize::MAX)],
            5..=7 => vec![patiently(What::Any(one, two)), Step::Drop(usize::MAX)],
            8..=9 => vec![Step::Await(How::Within(dice.from(1, 2)), What::All(one, two))],
            10 => vec![Step::Await(How::Interruptibly, What::All(one, two))],
            11 => {
                // After what others have made possible at that instant.
                let passes = vec![patiently(What::One(Wait::Sleep(0))); dice.place(3)];
                let kill = Step::Kill(dice.place(6));
                [vec![patiently(What::One(sleep))], passes, vec![kill]].concat()
            }
            _ => vec![patiently(What::One(sleep)), Step::Interrupt(dice.place(6))],
        }
    };
    let most = dice.from(1, 3);
    Program {
        horizon: dice.from(3, 8),
        resources: vec![dice.from(1, 2)],
        containers: vec![(most, dice.from(0, most))],
        stores: vec![(dice.from(1, 2) as usize, dice.chance(50))],
        cast: dice.list(4, 6, |dice| (dice.place(5), 0)),
        scripts: dice.list(5, 5, |dice| dice.list(2, 5, phrase).concat()),
    }
}

fn mixed(dice: &mut Dice) -> Program {
    let script = |dice: &mut Dice| dice.list(2, 6, phrase).concat();
    Program {
        horizon: dice.from(4, 14),
        resources: dice.list(1, 2, |dice| [1, 1, 2][dice.place(3)]),
        containers: dice.list(1, 1, |dice| {
            let most = dice.from(1, 3);
            (most, dice.from(0, most))
        }),
        stores: dice.list(1, 2, |dice| (dice.from(1, 2) as usize, dice.chance(50))),
        cast: dice.list(3, 6, |dice| (dice.place(5), [0, 0, 0, 1, 2][dice.place(5)])),
        scripts: dice.list(3, 5, script),
    }
}

/// Some steps that belong together, so that something comes of them; and others
/// that do not.
fn phrase(dice: &mut Dice) -> Vec<Step> {
    let (of, last) = (dice.place(2), usize::MAX);
    let acquire = |dice: &mut Dice| {
        let wait = Wait::Acquire { of, ask: ask(dice) };
        Step::Await(patience(dice, 60), What::One(wait))
    };
    let work = |dice: &mut Dice| {
        let span = dice.span();
        Step::Await(patience(dice, 70), What::One(Wait::Work(span)))
    };
    match dice.from(1, 100) {
        1..=14 => vec![acquire(dice), work(dice), Step::Drop(last)],
        15..=17 => vec![acquire(dice), work(dice), work(dice), Step::Drop(last)],
        18..=22 => vec![acquire(dice), Step::Send { to: dice.place(6), what: last }],
        23..=25 => vec![acquire(dice), Step::Hand { to: dice.place(2), what: last }],
        26..=36 => {
            let word = [Word::Resume, Word::Restart, Word::GiveUp][dice.place(3)];
            let span = dice.from(1, 3);
            let serve = Wait::Serve { of, ask: ask(dice), span, word };
            vec![Step::Await(patience(dice, 80), What::One(serve))]
        }
        37..=41 => {
            let receive = Step::Await(patience(dice, 20), What::One(Wait::Receive));
            vec![receive, work(dice), Step::Drop(last)]
        }
        42..=46 => vec![Step::Await(How::Patiently, What::One(Wait::Sleep(dice.span())))],
        47..=48 => vec![Step::Drop(dice.place(4)), Step::Drop(last)],
        49..=54 => {
            let put = Wait::Put { into: of, rank: dice.from(0, 1) as i64 };
            vec![Step::Await(patience(dice, 40), What::One(put))]
        }
        55..=60 => {
            let wanted = dice.chance(30).then(|| dice.from(0, 1) as i64);
            let get = Wait::Get { from: of, wanted };
            vec![Step::Await(patience(dice, 30), What::One(get)), Step::Drop(last)]
        }
        61..=63 => {
            let span = dice.from(1, 2);
            vec![Step::Await(How::Interruptibly, What::One(Wait::Sleep(span)))]
        }
        64..=66 => {
            let sleep = Step::Await(How::Patiently, What::One(Wait::Sleep(1)));
            vec![sleep, Step::Interrupt(dice.place(6))]
        }
        67..=69 => vec![Step::Await(patience(dice, 50), What::One(Wait::Signal(of)))],
        70 => vec![Step::Await(How::Patiently, What::One(Wait::Sleep(1))), Step::Fire(of)],
        _ => vec![step(dice)],
    }
}

fn ask(dice: &mut Dice) -> Ask {
    Ask {
        amount: [1, 1, 1, 2][dice.place(4)],
        priority: dice.from(0, 2) as i32 - 1,
        preempting: dice.chance(50),
        yielding: dice.chance(75),
        behind: dice.chance(20),
    }
}

fn step(dice: &mut Dice) -> Step {
    let what = dice.place(4);
    match dice.from(1, 100) {
        1..=57 => {
            let what = self::what(dice);
            Step::Await(patience(dice, 20), what)
        }
        58..=64 => Step::Drop(what),
        65..=70 => Step::Send { to: dice.place(6), what },
        71..=74 => Step::Hand { to: what, what: dice.place(4) },
        75..=82 => Step::Tell { whom: what, order: order(dice) },
        83..=85 => Step::Fire(what),
        86..=88 => Step::Kill(dice.place(6)),
        89..=94 => Step::Interrupt(dice.place(6)),
        95..=99 => Step::Spawn { script: what, owned: dice.chance(50), later: dice.from(0, 1) },
        _ => Step::End,
    }
}

/// A way to wait: so often without an end.
fn patience(dice: &mut Dice, patiently: u64) -> How {
    match dice.from(1, 10) {
        _ if dice.chance(patiently) => How::Patiently,
        1..=6 => How::Within(dice.span()),
        7..=8 => How::Interruptibly,
        _ => How::InterruptiblyWithin(dice.span()),
    }
}

fn what(dice: &mut Dice) -> What {
    match dice.from(1, 10) {
        1..=5 => What::One(wait(dice)),
        6..=7 => What::Any(wait(dice), wait(dice)),
        _ => {
            let (one, mut two) = (wait(dice), wait(dice));
            // Mostly two of a kind.
            for _ in 0..20 {
                if !one.are_alike(two, usize::MAX, 1) {
                    two = wait(dice);
                }
            }
            if dice.chance(40) { What::Gather(one, two) } else { What::All(one, two) }
        }
    }
}

fn wait(dice: &mut Dice) -> Wait {
    let which = dice.place(2);
    match dice.from(1, 100) {
        1..=12 => Wait::Sleep(dice.span()),
        13..=24 => Wait::Acquire { of: which, ask: ask(dice) },
        25..=30 => {
            let word = [Word::Resume, Word::Restart, Word::GiveUp][dice.place(3)];
            Wait::Serve { of: which, ask: ask(dice), span: dice.span(), word }
        }
        31..=35 => Wait::Work(dice.span()),
        36..=45 => Wait::Fill { which, amount: dice.from(1, 3) },
        46..=55 => Wait::Draw { which, amount: dice.from(1, 3) },
        56..=66 => Wait::Put { into: which, rank: dice.from(0, 1) as i64 },
        67..=70 => Wait::PutWithin { into: which, rank: dice.from(0, 1) as i64, span: dice.span() },
        71..=84 => {
            let wanted = dice.chance(30).then(|| dice.from(0, 1) as i64);
            Wait::Get { from: which, wanted }
        }
        85..=89 => Wait::Receive,
        90..=94 => Wait::Join(dice.place(6)),
        _ => Wait::Signal(which),
    }
}

fn order(dice: &mut Dice) -> Order {
    match dice.from(1, 12) {
        1..=4 => Order::Claim { of: dice.place(2), ask: ask(dice) },
        5 => Order::Get { from: dice.place(2) },
        6 => Order::Put { into: dice.place(2), rank: dice.from(0, 1) as i64 },
        7 => Order::Drop,
        8 => Order::Release,
        9..=10 => Order::Pass { to: dice.place(6) },
        11 => [Order::Fail, Order::Panic][dice.place(2)],
        _ => Order::Stop,
    }
}
