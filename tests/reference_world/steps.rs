//! What a process of the engine begins to wait for.

use super::engine::{Player, Stage, Thing, in_the_way};
use super::log::Came;
use super::program::{self, Ask, How, SIGNALS, Wait, Word};
use flagfall::process::{Ended, EngineWait, Join, SignalWait, Sleep, all};
use flagfall::resource::{Acquire, Claim, NotPut, PutItem, TakeItem, Transfer, Unfinished};
use flagfall::{Process, Span};
use std::pin::Pin;
use std::rc::Rc;

/// What a wait came to, and what it brought.
pub struct Got {
    pub came: Came,
    pub things: Vec<Thing>,
}

impl Got {
    pub fn plain(came: Came) -> Self {
        Self { came, things: Vec::new() }
    }

    /// What all of several brought.
    pub fn all(all: impl IntoIterator<Item = Self>) -> Self {
        let (mut came, mut things) = (Vec::new(), Vec::new());
        for got in all {
            came.push(got.came);
            things.extend(got.things);
        }
        Self { came: Came::All(came), things }
    }

    /// What had come of several.
    fn some(some: impl IntoIterator<Item = Option<Self>>) -> Self {
        let (mut came, mut things) = (Vec::new(), Vec::new());
        for got in some {
            came.push(got.as_ref().map(|got| got.came.clone()));
            things.extend(got.into_iter().flat_map(|got| got.things));
        }
        Self { came: Came::Some(came), things }
    }

    fn thing(thing: Thing) -> Self {
        let came = match &thing {
            Thing::Unit(of, _) => Came::Unit(*of),
            Thing::Item(item) => Came::Item(*item),
            Thing::Note(note) => Came::Note(*note),
        };
        // A note is read, and thrown away.
        let is_note = matches!(thing, Thing::Note(_));
        Self { came, things: if is_note { Vec::new() } else { vec![thing] } }
    }

    fn item(item: i64) -> Self {
        Self::thing(Thing::Item(item))
    }

    fn done((): ()) -> Self {
        Self::plain(Came::Done)
    }

    fn put(result: Result<(), NotPut<i64>>) -> Self {
        match result {
            Ok(()) => Self::plain(Came::Done),
            Err(NotPut { item }) => {
                Self { came: Came::NotPut(item), things: vec![Thing::Item(item)] }
            }
        }
    }

    fn ended(result: Result<i64, Ended>) -> Self {
        Self::plain(Came::Ended(result.ok()))
    }

    fn worked(result: Result<(), Unfinished>) -> Self {
        Self::plain(match result {
            Ok(()) => Came::Worked,
            Err(unfinished) => {
                let remaining = unfinished.remaining.as_nanos() / 1_000_000_000;
                Came::Unfinished { remaining }
            }
        })
    }

    fn note(note: i64) -> Self {
        Self::plain(Came::Note(note))
    }
}

pub type Coming<'a> = Pin<Box<dyn Future<Output = Got> + 'a>>;

pub fn claim(ask: Ask, units: u64) -> Claim {
    let claim = Claim::new().amount(ask.amount.min(units)).priority(ask.priority);
    let claim = if ask.preempting { claim.preempting() } else { claim };
    let claim = if ask.behind { claim.behind() } else { claim };
    if ask.yielding { claim.yielding() } else { claim }
}

/// A process, the stage, and the number of the process.
#[derive(Clone, Copy)]
pub struct Here<'a> {
    pub p: &'a Process<Thing>,
    pub stage: &'a Rc<Stage>,
    pub me: usize,
    /// The step.
    pub number: usize,
}

impl<'a> Here<'a> {
    fn sleep(self, span: u64) -> Sleep {
        self.p.sleep(Span::from_secs(span))
    }

    fn acquire(self, of: usize, ask: Ask) -> (usize, Acquire) {
        let of = of % self.stage.resources.len();
        let claim = claim(ask, self.stage.program.resources[of]);
        (of, self.stage.resources[of].acquire_as(self.p, claim))
    }

    fn transfer(self, which: usize, amount: u64, is_put: bool) -> Transfer {
        let which = which % self.stage.containers.len();
        let amount = amount.min(self.stage.program.containers[which].0);
        let container = self.stage.containers[which];
        if is_put { container.put(self.p, amount) } else { container.get(self.p, amount) }
    }

    fn put(self, into: usize, rank: i64, part: usize) -> PutItem<i64> {
        let item = program::item(rank, (self.me * 1_000 + self.number) * 2 + part);
        self.stage.stores[into % self.stage.stores.len()].put(self.p, item)
    }

    fn get(self, from: usize, wanted: Option<i64>) -> TakeItem<i64> {
        let store = self.stage.stores[from % self.stage.stores.len()];
        match wanted {
            None => store.get(self.p),
            Some(wanted) => store.get_where(self.p, move |item| program::rank(item) == wanted),
        }
    }

    fn join(self, player: &Player) -> Join<i64> {
        self.p.join(player)
    }

    fn signal(self, which: usize) -> SignalWait<i64> {
        self.stage.signals[which % SIGNALS].wait(self.p)
    }

    /// Begins to wait for something.
    pub fn begin(self, bag: &'a [Thing], wait: Wait, part: usize) -> Coming<'a> {
        match wait {
            Wait::Sleep(span) => boxed(self.sleep(span), Got::done),
            Wait::Acquire { of, ask } => {
                let (of, acquire) = self.acquire(of, ask);
                boxed(acquire, move |held| Got::thing(Thing::Unit(of, held)))
            }
            Wait::Serve { of, ask, span, word } => {
                let of = of % self.stage.resources.len();
                let claim = claim(ask, self.stage.program.resources[of]);
                let claim = match word {
                    Word::Resume => claim.resume(),
                    Word::Restart => claim.restart(),
                    Word::GiveUp => claim.give_up(),
                };
                let resource = self.stage.resources[of];
                boxed(resource.serve(self.p, claim, Span::from_secs(span)), Got::worked)
            }
            Wait::Work(span) => {
                let unit = |thing: &'a Thing| match thing {
                    Thing::Unit(_, held) => Some(held),
                    _ => None,
                };
                match bag.iter().rev().find_map(unit) {
                    None => boxed(std::future::ready(Came::Nothing), Got::plain),
                    Some(held) => boxed(held.work(self.p, Span::from_secs(span)), Got::worked),
                }
            }
            Wait::Fill { which, amount } => boxed(self.transfer(which, amount, true), Got::done),
            Wait::Draw { which, amount } => boxed(self.transfer(which, amount, false), Got::done),
            Wait::Put { into, rank } => boxed(self.put(into, rank, part), Got::done),
            Wait::PutWithin { into, rank, span } => {
                boxed(self.put(into, rank, part).within(Span::from_secs(span)), Got::put)
            }
            Wait::Get { from, wanted } => boxed(self.get(from, wanted), Got::item),
            Wait::Receive => boxed(self.p.receive(), Got::thing),
            Wait::Join(whom) => match self.stage.player(whom) {
                // It would fail the run.
                (me, _) if me == self.me => boxed(std::future::ready(Came::Nothing), Got::plain),
                (_, player) => boxed(self.join(&player), Got::ended),
            },
            Wait::Signal(which) => boxed(self.signal(which), Got::note),
        }
    }

    /// Waits for both of a kind; if it `gathers`, it takes what has come when it is
    /// given up.
    pub async fn both(self, how: How, waits: [Wait; 2], gathers: bool) -> Got {
        let way = (self.p, how, gathers);
        macro_rules! both {
            ($got:expr, $($wait:pat => $begin:expr),+) => {{
                let mut part = 0;
                let both = waits.map(|wait| {
                    let begun = match wait {
                        $($wait => $begin(part),)+
                        _ => unreachable!("both are of a kind"),
                    };
                    part += 1;
                    begun
                });
                both_of(way, both, $got).await
            }};
        }
        let got = |_, done| Got::done(done);
        match waits[0] {
            Wait::Sleep(_) => both!(got, Wait::Sleep(span) => |_| self.sleep(span)),
            Wait::Acquire { .. } => {
                let of = waits.map(|wait| match wait {
                    Wait::Acquire { of, .. } => of % self.stage.resources.len(),
                    _ => unreachable!("both are of a kind"),
                });
                both!(move |part: usize, held| Got::thing(Thing::Unit(of[part], held)),
                    Wait::Acquire { of, ask } => |_| self.acquire(of, ask).1)
            }
            Wait::Fill { .. } | Wait::Draw { .. } => both!(got,
                Wait::Fill { which, amount } => |_| self.transfer(which, amount, true),
                Wait::Draw { which, amount } => |_| self.transfer(which, amount, false)),
            Wait::Put { .. } => both!(got,
                Wait::Put { into, rank } => |part| self.put(into, rank, part)),
            Wait::PutWithin { .. } => both!(|_, result| Got::put(result),
            Wait::PutWithin { into, rank, span } => |part| {
                self.put(into, rank, part).within(Span::from_secs(span))
            }),
            Wait::Get { .. } => both!(|_, item| Got::item(item),
                Wait::Get { from, wanted } => |_| self.get(from, wanted)),
            Wait::Join(_) => both!(|_, result| Got::ended(result),
                Wait::Join(whom) => |_| self.join(&self.stage.player(whom).1)),
            Wait::Signal(_) => both!(|_, note| Got::note(note),
                Wait::Signal(which) => |_| self.signal(which)),
            Wait::Serve { .. } | Wait::Work(_) | Wait::Receive => unreachable!("not kept"),
        }
    }
}

fn boxed<'a, F: Future + 'a>(work: F, got: impl FnOnce(F::Output) -> Got + 'a) -> Coming<'a> {
    Box::pin(async move { got(work.await) })
}

async fn both_of<W: EngineWait>(
    (p, how, gathers): (&Process<Thing>, How, bool),
    waits: [W; 2],
    got: impl Fn(usize, W::Output) -> Got,
) -> Got {
    let all_of = |all: Vec<W::Output>| {
        Got::all(all.into_iter().enumerate().map(|(part, came)| got(part, came)))
    };
    let mut both = all(waits);
    if !gathers {
        return in_the_way(p, how, async { all_of(both.await) }).await;
    }
    let came = in_the_way(p, how, async { all_of((&mut both).await) }).await;
    if !matches!(came.came, Came::TimedOut | Came::Interrupted(_)) {
        return came;
    }
    let some = both.give_up().into_iter().enumerate();
    Got::some(some.map(|(part, some)| some.map(|came| got(part, came))))
}
