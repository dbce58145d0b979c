//! Actors that do nearly everything an actor can, as their scripts say.

use flagfall::resource::{Claim, Held, Waiting};
use flagfall::{
    Actor, ActorRef, Container, Context, DeathNotice, Group, Message, ReplyTo, RequestError,
    Resource, Restart, Span, Store, Timer, Watch,
};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a puppet does when a message reaches it.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Send(usize),
    SendAfter(usize, u64),
    Hold(u64),
    Ask(usize),
    Request(usize),
    AskAll(usize, usize),
    AskFirst(usize, usize),
    Forward(usize),
    Kill(usize),
    Dismiss(usize),
    Spawn,
    Task(u64),
    SetTimer(u64),
    CancelTimer,
    Stop,
    Fail,
    Watch(usize),
    Find,
    Claim,
    Release,
    Join,
    Leave,
    Tell,
    Checkpoint,
    EndRun,
    Rest(u64),
    Schedule(u64),
    Reset(u64),
    Broadcast,
    Unwatch,
    Ward(Policy),
    Put(u64),
    GetItem,
    GetOdd,
    Fill(u64),
    Drain(u64),
    Level,
    Draw,
    ClaimFirst,
    ClaimYield,
    Withdraw,
}

/// How the wards of puppets are restarted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Policy {
    Once,
    Escalating,
    Together,
}

impl Policy {
    pub(super) fn restart(self) -> Restart {
        let once = Restart::always().at_most(1, Span::MAX);
        match self {
            Self::Once => once.or_stay_dead(),
            Self::Escalating => once,
            Self::Together => once.together(),
        }
    }
}

#[derive(Debug, Message)]
pub(super) enum Poke {
    Item(u64),
    Moved,
    Lost(u64),
    Go(u32),
    Asked(u32, ReplyTo<u32>),
    /// The answer to the question of that number.
    Told(u32, Result<u32, RequestError>),
    AllTold(Vec<Result<u32, RequestError>>),
    Gone(DeathNotice),
    Granted(Held),
    Over,
}

/// What each actor saw, by its path: a cell of its own for each, which is as
/// good as its state and outlives it.
pub(super) type Diaries = Rc<RefCell<BTreeMap<String, Vec<String>>>>;

#[derive(Clone)]
pub(super) struct World {
    pub(super) friends: Rc<RefCell<Vec<ActorRef<Poke>>>>,
    pub(super) pump: Resource,
    pub(super) group: Group<Poke>,
    pub(super) shelf: Store<u64>,
    pub(super) tank: Container,
    pub(super) diaries: Diaries,
}

pub(super) struct Puppet {
    number: u32,
    script: Vec<Action>,
    next: usize,
    world: World,
    kept: Vec<ReplyTo<u32>>,
    timer: Option<Timer>,
    grants: Vec<Held>,
    born: u32,
    watch: Option<Watch>,
    waiting: Option<Waiting>,
}

impl Puppet {
    pub(super) fn new(number: u32, script: &[Action], world: &World) -> Self {
        let (kept, timer, grants) = (Vec::new(), None, Vec::new());
        let (script, world) = (script.to_vec(), world.clone());
        Self {
            number,
            script,
            next: 0,
            world,
            kept,
            timer,
            grants,
            born: 0,
            watch: None,
            waiting: None,
        }
    }

    fn note(&self, context: &Context<'_, Poke>, what: &str) {
        let line = format!("{} {what}", context.now());
        self.world.diaries.borrow_mut().entry(context.path()).or_default().push(line);
    }

    fn act(&mut self, action: &Action, context: &mut Context<'_, Poke>) {
        let friend = |of: usize| {
            let friends = self.world.friends.borrow();
            friends[of % friends.len()]
        };
        let go = Poke::Go(self.number * 100 + self.next as u32);
        let millis = Span::from_millis;
        let question = self.next as u32;
        let told = move |answer| Poke::Told(question, answer);
        let others = |a, b| -> Vec<_> {
            let me = context.me();
            [friend(a), friend(b)].into_iter().filter(|other| *other != me).collect()
        };
        match *action {
            Action::Send(to) => context.send(&friend(to), go),
            Action::SendAfter(to, delay) => context.send_after(millis(delay), &friend(to), go),
            Action::Hold(span) => context.hold(millis(span), Poke::Over),
            Action::Ask(of) => {
                let asked = friend(of);
                if asked != context.me() {
                    let number = self.number;
                    context.ask(&asked, |reply| Poke::Asked(number, reply), told);
                }
            }
            Action::Request(of) => {
                let number = self.number;
                context.request(&friend(of), |reply| Poke::Asked(number, reply), told);
            }
            Action::AskAll(a, b) => {
                let (number, of) = (self.number, others(a, b));
                context.ask_all(&of, |reply| Poke::Asked(number, reply), Poke::AllTold);
            }
            Action::AskFirst(a, b) => {
                let (number, of) = (self.number, others(a, b));
                if !of.is_empty() {
                    context.ask_first(&of, |reply| Poke::Asked(number, reply), told);
                }
            }
            Action::Forward(to) => {
                let to = friend(to);
                if let Some(reply) = self.kept.pop() {
                    let number = self.number;
                    context.forward(reply, &to, |reply| Poke::Asked(number + 10, reply));
                }
            }
            Action::Kill(victim) => context.kill(&friend(victim)),
            Action::Dismiss(victim) => context.dismiss(&friend(victim)),
            Action::Spawn => {
                self.born += 1;
                let script = [Action::Send(0), Action::Stop];
                let child = Self::new(self.number + 10, &script, &self.world);
                let child = context.spawn(("child", self.born), child);
                context.send(&child, go);
            }
            Action::Task(span) => {
                self.born += 1;
                let script = [Action::Hold(span), Action::Stop];
                let task = Self::new(self.number + 20, &script, &self.world);
                context.spawn_task(("task", self.born), task, go);
            }
            Action::SetTimer(delay) => self.timer = Some(context.set_timer(millis(delay), go)),
            Action::CancelTimer => {
                let cancelled = self.timer.and_then(|timer| context.cancel(timer));
                self.note(context, &format!("cancelled {cancelled:?}"));
            }
            Action::Stop => context.stop(),
            Action::Fail => context.fail("meant"),
            Action::Watch(of) => self.watch = Some(context.watch(&friend(of), Poke::Gone)),
            Action::Find => {
                let found = ["a[0]/child[1]", "a[1]", "a[2]"].map(|path| {
                    let found = context.find::<Poke>(path);
                    found.map(|_| ()).map_err(|error| error.to_string())
                });
                self.note(context, &format!("found {found:?}"));
            }
            Action::Join => {
                let me = context.me();
                self.world.group.add(context, &me);
            }
            Action::Leave => {
                let me = context.me();
                self.world.group.remove(context, &me);
            }
            Action::Tell => {
                for member in self.world.group.members(context) {
                    context.send(&member, Poke::Go(self.number * 100 + 99));
                }
            }
            Action::Checkpoint => context.checkpoint(self.next as u64),
            Action::EndRun => context.end_run(),
            Action::Rest(span) => context.rest(millis(span)),
            Action::Schedule(span) => context.schedule(millis(span), go),
            Action::Reset(span) => {
                self.timer = self.timer.and_then(|timer| context.reset_timer(timer, millis(span)));
            }
            Action::Broadcast => {
                let friends = self.world.friends.borrow().clone();
                friends.iter().for_each(|friend| context.send(friend, Poke::Go(98)));
            }
            Action::Unwatch => {
                let was = self.watch.take().map(|watch| context.unwatch(watch));
                self.note(context, &format!("unwatched {was:?}"));
            }
            Action::Ward(policy) => {
                self.born += 1;
                let (number, world) = (self.number + 30, self.world.clone());
                let script = [Action::Send(0), Action::Fail];
                let make = move || Self::new(number, &script, &world);
                let ward = context.spawn_supervised(("ward", self.born), policy.restart(), make);
                context.send(&ward, go);
            }
            Action::Draw => {
                let mut stream = context.stream("x");
                let text = format!("drew {}", stream.range(0..=9));
                self.note(context, &text);
            }
            ref other => self.use_resources(other, context),
        }
    }

    /// What is done with resources.
    fn use_resources(&mut self, action: &Action, context: &mut Context<'_, Poke>) {
        let world = self.world.clone();
        match *action {
            Action::Claim => _ = world.pump.claim(context, Claim::new(), Poke::Granted),
            Action::ClaimFirst => {
                _ = world.pump.claim(context, Claim::new().priority(-1), Poke::Granted);
            }
            Action::ClaimYield => {
                let last = Claim::new().priority(1);
                _ = world.pump.claim_yielding(context, last, Poke::Granted, |_| Poke::Moved);
            }
            Action::Release => {
                if let Some(grant) = self.grants.pop() {
                    world.pump.release(context, grant);
                }
            }
            Action::Put(item) => _ = world.shelf.put_soon(context, item),
            Action::GetItem => {
                self.waiting = Some(world.shelf.get_then(context, |_| true, Poke::Item));
            }
            Action::GetOdd => {
                let is_odd = |item: &u64| item % 2 == 1;
                self.waiting = Some(world.shelf.get_then(context, is_odd, Poke::Item));
            }
            Action::Fill(amount) => _ = world.tank.put_then(context, amount, |()| Poke::Moved),
            Action::Drain(amount) => _ = world.tank.get_then(context, amount, |()| Poke::Moved),
            Action::Level => {
                let World { tank, shelf, pump, .. } = &world;
                let tank = (tank.level(context), tank.waiting(context));
                let shelf = (shelf.len(context), shelf.waiting(context));
                let pump = (pump.in_use(context), pump.waiting(context));
                self.note(context, &format!("levels {tank:?} {shelf:?} {pump:?}"));
            }
            Action::Withdraw => {
                let withdrawn =
                    self.waiting.take().map(|place| world.shelf.withdraw(context, place));
                self.note(context, &format!("withdrew {withdrawn:?}"));
            }
            ref other => unreachable!("{other:?} is done above"),
        }
    }
}

impl Actor for Puppet {
    type Message = Poke;

    fn handle(&mut self, message: Poke, context: &mut Context<'_, Poke>) {
        let seen = match &message {
            // Identifiers and requests have numbers that depend on the order.
            Poke::Asked(by, _) => format!("asked by {by}"),
            Poke::Granted(_) => "granted".to_owned(),
            Poke::Gone(notice) => {
                format!("gone {} {} {}", notice.path, notice.cause, notice.restarted)
            }
            other => format!("{other:?}"),
        };
        self.note(context, &seen);
        match message {
            Poke::Asked(by, reply) if by % 2 == 0 => context.reply(reply, self.next as u32),
            Poke::Asked(_, reply) => self.kept.push(reply),
            Poke::Granted(grant) => self.grants.push(grant),
            _ => {}
        }
        if let Some(action) = self.script.get(self.next).cloned() {
            self.next += 1;
            self.act(&action, context);
            if self.next % 2 == 0 {
                if let Some(reply) = self.kept.pop() {
                    context.reply(reply, self.number);
                }
            }
        }
    }
}
