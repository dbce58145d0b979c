//! What both worlds note down, to be compared line by line.

/// What is held, how full it is and how many wait, everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Books {
    pub all: Vec<i64>,
    /// What came back and has no room.
    pub aside: Vec<u64>,
}

/// One line of a log.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// An event of the engine, or what its end left behind.
    Event {
        at: u64,
        what: Event,
        whom: Whom,
    },
    /// A process has done a step; what is held, how full it is and how many wait,
    /// everywhere.
    Step {
        at: u64,
        who: usize,
        step: usize,
        came: Came,
        books: Books,
    },
    /// An actor has handled a message.
    Turn {
        at: u64,
        who: usize,
        books: Books,
    },
    /// How the run ended, and where the clock stands.
    End {
        at: u64,
        how: End,
        books: Books,
    },
    /// What each process returned that nobody asked for before.
    Result {
        who: usize,
        over: bool,
        result: Option<i64>,
    },
    Statistics {
        of: Whom,
        all: Statistics,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Started,
    Resumed,
    Handled,
    Queued,
    Taken,
    Undeliverable,
    Served,
    Restarted,
    Finished,
    Killed,
    OwnerDied,
    Failed,
    /// What no program of these does.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    Process(usize),
    Actor(usize),
    Resource(usize),
    Container(usize),
    Store(usize),
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    Done,
    /// There was nothing to do it with, or it would have failed the run.
    Nothing,
    Unit(usize),
    Item(i64),
    Note(i64),
    /// A process has ended: its result, unless another took it.
    Ended(Option<i64>),
    Worked,
    Unfinished {
        remaining: u64,
    },
    TimedOut,
    Interrupted(i64),
    First(usize, Box<Came>),
    All(Vec<Came>),
    /// What had come when the patience ended.
    Some(Vec<Option<Came>>),
    /// An item that could not be put down.
    NotPut(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// More is scheduled.
    Reached,
    /// Nothing is; since when.
    Idle(u64),
    /// Nothing is, and somebody waits in vain.
    Stuck(u64),
}

/// The fields of the engine's statistics; times in nanoseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    pub utilisation: f64,
    pub mean_in_use: f64,
    pub mean_waiting: f64,
    pub granted: u64,
    pub withdrawn: u64,
    pub preempted: u64,
    pub mean_wait: u64,
    pub longest_wait: u64,
}

impl Line {
    /// What is in it, by name, to be counted.
    pub fn words(&self) -> Vec<String> {
        let name = |text: String| {
            let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
            text[..end].to_owned()
        };
        match self {
            Self::Event { what, whom, .. } => {
                vec![format!("{what:?} {}", name(format!("{whom:?}")))]
            }
            Self::Step { came, books, .. } => {
                let mut words = vec!["step".to_owned(), name(format!("{came:?}"))];
                words
                    .extend(books.aside.iter().filter(|one| **one > 0).map(|_| "aside".to_owned()));
                words
            }
            Self::Turn { .. } => vec!["turn".to_owned()],
            Self::End { how, .. } => vec![name(format!("{how:?}"))],
            Self::Result { over, .. } => vec![format!("over: {over}")],
            Self::Statistics { all, .. } => {
                let some = |is_some: bool, what: &str| is_some.then(|| what.to_owned());
                let words = [
                    some(all.preempted > 0, "preempted"),
                    some(all.withdrawn > 0, "withdrawn"),
                    some(all.longest_wait > 0, "waited"),
                ];
                words.into_iter().flatten().collect()
            }
        }
    }
}
