//! The language of the random programs: plain data, which both worlds carry out.
//!
//! Numbers that name somebody or something are taken modulo how many there are,
//! so that every program means something, and so does what is left when parts
//! of it are cut out.

/// A world and what happens in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// When statistics are read; the run goes up to here.
    pub horizon: u64,
    /// Units of each resource.
    pub resources: Vec<u64>,
    /// Capacity and level of each container.
    pub containers: Vec<(u64, u64)>,
    /// Room of each store, and whether it is ranked.
    pub stores: Vec<(usize, bool)>,
    /// The processes that are there at the beginning: which script each has, and
    /// how much later it starts.
    pub cast: Vec<(usize, u64)>,
    pub scripts: Vec<Vec<Step>>,
}

impl std::fmt::Display for Program {
    /// As Rust, one step a line.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { horizon, resources, containers, stores, cast, scripts } = self;
        writeln!(f, "Program {{")?;
        writeln!(f, "    horizon: {horizon}, resources: vec!{resources:?},")?;
        writeln!(f, "    containers: vec!{containers:?}, stores: vec!{stores:?},")?;
        writeln!(f, "    cast: vec!{cast:?},")?;
        writeln!(f, "    scripts: vec![")?;
        for script in scripts {
            writeln!(f, "        vec![")?;
            for step in script {
                writeln!(f, "            {step:?},")?;
            }
            writeln!(f, "        ],")?;
        }
        write!(f, "    ],\n}}")
    }
}

/// One step of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Waits, in one of the ways to wait, for something.
    Await(How, What),
    /// Drops one of the things it has.
    Drop(usize),
    /// Sends one of the things it has; a note if it has none.
    Send {
        to: usize,
        what: usize,
    },
    /// Sends one of the things it has to an actor.
    Hand {
        to: usize,
        what: usize,
    },
    /// Asks an actor for something.
    Tell {
        whom: usize,
        order: Order,
    },
    Fire(usize),
    Kill(usize),
    Interrupt(usize),
    Spawn {
        script: usize,
        owned: bool,
        later: u64,
    },
    End,
}

/// How long, and whether interrupts are heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Patiently,
    Within(u64),
    Interruptibly,
    InterruptiblyWithin(u64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    One(Wait),
    Any(Wait, Wait),
    /// Two of a kind are kept where they are until both have come; what is of
    /// two kinds goes on side by side.
    All(Wait, Wait),
    /// Two of a kind; what has come when the patience ends is taken all the same.
    Gather(Wait, Wait),
}

/// What a process can wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    Sleep(u64),
    Acquire {
        of: usize,
        ask: Ask,
    },
    Serve {
        of: usize,
        ask: Ask,
        span: u64,
        word: Word,
    },
    /// Works with the unit that it got last.
    Work(u64),
    Fill {
        which: usize,
        amount: u64,
    },
    Draw {
        which: usize,
        amount: u64,
    },
    /// Items are made on the way: a rank, and a number that no other has.
    Put {
        into: usize,
        rank: i64,
    },
    /// The same, at most for a span; what could not be put down is had again.
    PutWithin {
        into: usize,
        rank: i64,
        span: u64,
    },
    Get {
        from: usize,
        wanted: Option<i64>,
    },
    Receive,
    Join(usize),
    Signal(usize),
}

impl Wait {
    /// Whether both are waits of the engine of one kind, of which it can keep the
    /// first until the second has come.
    pub fn are_alike(self, other: Self, me: usize, processes: usize) -> bool {
        let is_own_end = |wait| matches!(wait, Self::Join(whom) if whom % processes == me);
        let is_kept = !matches!(self, Self::Receive | Self::Work(_) | Self::Serve { .. });
        let is_like = |one: Self, two: Self| {
            let kind = |wait| match wait {
                Self::Draw { which, amount } => Self::Fill { which, amount },
                wait => wait,
            };
            std::mem::discriminant(&kind(one)) == std::mem::discriminant(&kind(two))
        };
        is_kept && is_like(self, other) && !is_own_end(self) && !is_own_end(other)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    pub amount: u64,
    pub priority: i32,
    pub preempting: bool,
    pub yielding: bool,
    /// Whether it goes behind its equals after a loss.
    pub behind: bool,
}

/// What becomes of work whose unit is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    Resume,
    Restart,
    GiveUp,
}

/// What an actor is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Claims units, and keeps them.
    Claim {
        of: usize,
        ask: Ask,
    },
    /// Takes an item, and keeps it.
    Get {
        from: usize,
    },
    /// Puts an item down.
    Put {
        into: usize,
        rank: i64,
    },
    /// Drops what it has.
    Drop,
    /// Gives the unit back that it got last, in the handler.
    Release,
    /// Sends what it got last to a process.
    Pass {
        to: usize,
    },
    Stop,
    /// Fails, and is restarted by whoever looks after it.
    Fail,
    /// Panics, which is a failure by its policy; nothing is noted.
    Panic,
}

/// How many actors there are: the first drops what it is sent, the second keeps
/// it; both are restarted when they fail.
pub const ACTORS: usize = 2;
/// How many signals there are.
pub const SIGNALS: usize = 2;

/// Which of several is meant: the greatest number is the last.
pub fn chosen(what: usize, many: usize) -> usize {
    if what == usize::MAX { many - 1 } else { what % many }
}

/// An item: by its rank, and a number that no other has.
pub fn item(rank: i64, number: usize) -> i64 {
    rank * 1_000_000 + number as i64
}

pub fn rank(item: &i64) -> i64 {
    item.div_euclid(1_000_000)
}

/// What a process returns.
pub fn result_of(who: usize, step: usize) -> i64 {
    (who * 1_000 + step) as i64
}
