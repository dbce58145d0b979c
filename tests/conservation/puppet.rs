//! Actors that do what a program says.

use flagfall::{
    Actor, ActorRef, Context, DeathNotice, Message, ReplyTo, RequestError, Restart, Span, Timer,
    Watch,
};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What an actor does when it gets a message, chosen by its number.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Send {
        to: usize,
    },
    SendAfter {
        to: usize,
        millis: u64,
    },
    Hold {
        millis: u64,
    },
    Rest {
        millis: u64,
    },
    Ask {
        of: usize,
    },
    Request {
        of: usize,
    },
    AskAll {
        of: Vec<usize>,
    },
    Spawn,
    SpawnTask {
        millis: u64,
    },
    Kill {
        victim: usize,
    },
    SetTimer {
        millis: u64,
    },
    /// Stale ones included.
    CancelTimer {
        timer: usize,
    },
    ResetTimer {
        timer: usize,
        millis: u64,
    },
    Stop,
    Fail,
    Supervise(Policy),
    Dismiss {
        victim: usize,
    },
    Watch {
        of: usize,
    },
    Unwatch {
        watch: usize,
    },
    Checkpoint,
    /// Looks for the last child by its path.
    Find,
}

/// A policy that can be read from the name of its actor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    pub(super) always: bool,
    pub(super) together: bool,
    pub(super) most: u32,
    pub(super) millis: u64,
    pub(super) startup: u64,
}

impl Policy {
    fn restart(self) -> Restart {
        let restart = if self.always { Restart::always() } else { Restart::on_failure() };
        let restart = restart.at_most(self.most, Span::from_millis(self.millis));
        if self.together { restart.together() } else { restart }
    }
}

#[derive(Debug, Message)]
pub(super) enum Poke {
    /// Do the next action of the program, and pass on what is left.
    Act {
        left: u32,
    },
    Asked {
        left: u32,
        reply: ReplyTo<u32>,
    },
    Answered(Result<u32, RequestError>),
    AllAnswered(Vec<Result<u32, RequestError>>),
    Gone(DeathNotice),
    Continue,
    End,
}

pub(super) type Friends = Rc<RefCell<Vec<ActorRef<Poke>>>>;

thread_local! {
    /// Numbers the supervised, so that a path is only ever one actor's.
    pub(super) static WARDS: Cell<u32> = const { Cell::new(0) };
}

pub(super) struct Puppet {
    program: Rc<Vec<Action>>,
    next: usize,
    friends: Friends,
    kept: Vec<ReplyTo<u32>>,
    timers: Vec<Timer>,
    watches: Vec<Watch>,
    born: u32,
    acted: u64,
}

impl Puppet {
    pub(super) fn new(program: &Rc<Vec<Action>>, start: usize, friends: &Friends) -> Self {
        let (program, friends) = (Rc::clone(program), Rc::clone(friends));
        let (kept, timers, watches) = (Vec::new(), Vec::new(), Vec::new());
        Self { program, next: start, friends, kept, timers, watches, born: 0, acted: 0 }
    }

    fn supervise(&mut self, policy: Policy, left: u32, context: &mut Context<'_, Poke>) {
        let (program, friends, next) =
            (Rc::clone(&self.program), Rc::clone(&self.friends), self.next);
        let number = WARDS.replace(WARDS.get() + 1);
        let name = (format!("ward-{}-{}", policy.most, policy.millis), number);
        let spawn = flagfall::SpawnOptions::from(name).startup(Span::from_millis(policy.startup));
        let child = context.spawn_restored(spawn, policy.restart(), move |saved: Option<&u64>| {
            let mut puppet = Puppet::new(&program, next, &friends);
            puppet.acted = saved.copied().unwrap_or(0);
            puppet.next += puppet.acted as usize;
            puppet
        });
        self.watches.push(context.watch(&child, Poke::Gone));
        context.send(&child, Poke::Act { left });
        self.friends.borrow_mut().push(child);
    }

    fn act(&mut self, left: u32, context: &mut Context<'_, Poke>) {
        let program = Rc::clone(&self.program);
        let Some(action) = program.get(self.next % program.len().max(1)) else { return };
        self.next += 1;
        self.acted += 1;
        let friend = |number: &usize| {
            let friends = self.friends.borrow();
            friends[number % friends.len()]
        };
        match action {
            Action::Send { to } => context.send(&friend(to), Poke::Act { left }),
            Action::SendAfter { to, millis } => {
                context.send_after(Span::from_millis(*millis), &friend(to), Poke::Act { left });
            }
            Action::Hold { millis } => context.hold(Span::from_millis(*millis), Poke::Act { left }),
            Action::Rest { millis } => context.rest(Span::from_millis(*millis)),
            Action::Ask { of } => {
                context.ask(&friend(of), |reply| Poke::Asked { left, reply }, Poke::Answered);
            }
            Action::Request { of } => {
                context.request(&friend(of), |reply| Poke::Asked { left, reply }, Poke::Answered);
            }
            Action::AskAll { of } => {
                let of: Vec<_> = of.iter().map(friend).collect();
                context.ask_all(&of, |reply| Poke::Asked { left, reply }, Poke::AllAnswered);
            }
            Action::Spawn | Action::SpawnTask { .. } => {
                let child = Puppet::new(&self.program, self.next, &self.friends);
                let name = ("child", self.born);
                self.born += 1;
                let child = match action {
                    Action::SpawnTask { millis } => {
                        let spawn =
                            flagfall::SpawnOptions::from(name).startup(Span::from_millis(*millis));
                        context.spawn_task(spawn, child, Poke::Act { left })
                    }
                    _ => context.spawn(name, child),
                };
                context.send(&child, Poke::Act { left });
                self.friends.borrow_mut().push(child);
            }
            Action::Kill { victim } => context.kill(&friend(victim)),
            Action::SetTimer { millis } => {
                let timer = context.set_timer(Span::from_millis(*millis), Poke::Act { left });
                self.timers.push(timer);
            }
            Action::CancelTimer { timer } if !self.timers.is_empty() => {
                let taken = context.cancel(self.timers[timer % self.timers.len()]);
                assert!(taken.is_none_or(|poke| matches!(poke, Poke::Act { .. })));
            }
            Action::ResetTimer { timer, millis } if !self.timers.is_empty() => {
                let timer = self.timers[timer % self.timers.len()];
                self.timers.extend(context.reset_timer(timer, Span::from_millis(*millis)));
            }
            Action::CancelTimer { .. } | Action::ResetTimer { .. } => {}
            Action::Fail => context.fail("the program says so"),
            Action::Supervise(policy) => self.supervise(*policy, left, context),
            Action::Dismiss { victim } => context.dismiss(&friend(victim)),
            Action::Watch { of } => self.watches.push(context.watch(&friend(of), Poke::Gone)),
            Action::Unwatch { watch } if !self.watches.is_empty() => {
                context.unwatch(self.watches[watch % self.watches.len()]);
            }
            Action::Unwatch { .. } => {}
            Action::Checkpoint => context.checkpoint(self.acted),
            Action::Find => {
                let path = format!("{}/child[0]", context.path());
                if let Ok(child) = context.find::<Poke>(&path) {
                    context.send(&child, Poke::Act { left });
                }
            }
            Action::Stop => context.stop(),
        }
    }
}

impl Actor for Puppet {
    type Message = Poke;
    fn handle(&mut self, poke: Poke, context: &mut Context<'_, Poke>) {
        match poke {
            Poke::Act { left } if left > 0 => self.act(left - 1, context),
            Poke::Asked { left, reply } => {
                // Every third question is answered late, or never.
                if left % 3 == 0 {
                    self.kept.push(reply);
                } else {
                    context.reply(reply, left);
                }
                if left > 1 {
                    self.act(left - 1, context);
                }
            }
            // Whoever is restarted is set going again, as a supervisor would.
            Poke::Gone(notice) if notice.restarted => {
                let friends = self.friends.borrow();
                let friend = friends.iter().find(|friend| friend.id() == notice.who);
                context.send(friend.expect("only friends are watched"), Poke::Act { left: 4 });
            }
            Poke::Answered(Ok(left)) if left > 0 => self.act(left - 1, context),
            Poke::AllAnswered(answers) => {
                let left = answers.iter().filter_map(|answer| answer.as_ref().ok()).min();
                if let Some(left) = left.filter(|left| **left > 0) {
                    self.act(left - 1, context);
                }
                if let Some(reply) = self.kept.pop() {
                    context.reply(reply, 0);
                }
            }
            _ => {}
        }
    }
}
