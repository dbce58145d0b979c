//! Waiting for a condition.

use crate::actor::{ActorId, Message};
use crate::condition::state::State;
use crate::features::{AnyCondition, Evaluated, Kernel};
use crate::line::Ticket;
use crate::process::{Process, Reason, Sealed, Wait, Waiter, spent};
use crate::store::Op;
use crate::time::VirtualTime;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

impl<M: Message> Process<M> {
    /// Waits until a condition over the state of the model holds. **When the process goes on, it
    /// holds.** If it holds at once, the process goes on without waiting.
    ///
    /// The condition reads [variables](crate::Variable), resources, containers and stores with the
    /// [`State`] that it gets. The engine evaluates it at the first `.await`, and then after each
    /// event that has changed something that it read the last time: never in the middle of an
    /// event, and not when something else changes. If it holds, the process goes on at this
    /// instant, by an event of its own. Processes that are woken in one instant go on in the order
    /// in which they began to wait. If an event in between has changed what the condition read, it
    /// is evaluated once more; if it no longer holds, the process goes on waiting, at its place.
    ///
    /// A condition must depend on nothing else: a change of a captured cell, or of the time, does
    /// not evaluate it. For the time, see [`timeout`](Self::timeout). Means over time, as in
    /// [`statistics`](crate::Resource::statistics), are evaluated when the resource changes. A
    /// condition that reads the capacity of a resource that follows a
    /// [schedule](crate::Resource::scheduled) is evaluated at its changes, too, and keeps the run
    /// going meanwhile.
    ///
    /// Cost: nothing while nothing that it read changes.
    ///
    /// # Examples
    /// A customer who enters when the doors are open and fewer than three tills are in use:
    /// ```
    /// use flagfall::{Config, Resource, Simulation, Span, Variable};
    ///
    /// let mut simulation = Simulation::new(Config::new(42));
    /// let doors = Variable::new(&mut simulation, "doors open", true);
    /// let tills = Resource::new(&mut simulation, "tills", 5);
    /// for number in 0..3 {
    ///     simulation.process(("early", number), async move |p| {
    ///         let _till = tills.acquire(&p).await;
    ///         p.sleep(Span::from_secs(60)).await;
    ///     });
    /// }
    /// let shy = simulation.process("shy", async move |p| {
    ///     p.pass().await;
    ///     p.until(move |state| doors.get(state) && tills.in_use(state) < 3).await;
    ///     p.now().to_string()
    /// });
    /// simulation.run()?;
    /// assert_eq!(shy.result().as_deref(), Some("60s"));
    /// # Ok::<(), flagfall::SimulationError>(())
    /// ```
    #[track_caller]
    pub fn until(&self, condition: impl Fn(&State<'_>) -> bool + 'static) -> Until {
        let place = Location::caller();
        let number = self.act_at(place).features.conditions.begin();
        // It is evaluated when it is first polled, as if it had been woken.
        let wait = Wait::with_others(self, Reason::Condition(number), place, None);
        let (condition, waiter) = (Box::new(condition), RefCell::new(wait.waiter()));
        let awaited = Rc::new(Awaited { condition, waiter, look: Cell::default() });
        Until { number, awaited, wait: RefCell::new(wait), holds: Cell::new(false), taken: false }
    }
}

/// Waits until a condition holds; see [`Process::until`].
#[must_use = "nothing is waited for until this is awaited: write `.await`"]
pub struct Until {
    number: u64,
    awaited: Rc<Awaited>,
    wait: RefCell<Wait>,
    /// The process has seen that it holds.
    holds: Cell<bool>,
    taken: bool,
}

struct Awaited {
    condition: Box<dyn Fn(&State<'_>) -> bool>,
    waiter: RefCell<Waiter>,
    /// The event by which it is evaluated when a schedule changes: its word and cell.
    look: Cell<Option<(u64, u32)>>,
}

impl AnyCondition<Kernel> for Awaited {
    fn evaluate(&self, kernel: &Kernel) -> Evaluated {
        let state = State::new(kernel);
        let holds = (self.condition)(&state);
        state.evaluated(holds)
    }

    fn look_at(&self, kernel: &mut Kernel, time: Option<VirtualTime>) {
        if let Some((word, cell)) = self.look.take() {
            kernel.cancel_if(self.waiter.borrow().process, Op::WAKE, word, cell);
        }
        if let Some(time) = time {
            let Waiter { process, key, .. } = *self.waiter.borrow();
            let cell = kernel.wake(Some((time, kernel.lane(time))), process, key);
            self.look.set(Some((key.word(), cell)));
        }
    }

    fn waits(&self) -> Option<ActorId> {
        let waiter = self.waiter.borrow();
        waiter.is_open().then_some(waiter.process)
    }

    fn wake(&self, kernel: &mut Kernel) {
        kernel.wake_now(&self.waiter.borrow());
    }
}

impl Until {
    /// Whether it holds now, and if not, when to look again; evaluates it if something has changed
    /// that it read.
    fn holds_now(&self, kernel: &mut Kernel) -> Result<(), Option<VirtualTime>> {
        if kernel.features.conditions.still_holds(self.number) {
            return Ok(());
        }
        let evaluated = self.awaited.evaluate(kernel);
        if evaluated.holds {
            return Ok(());
        }
        let (condition, time) = (Rc::clone(&self.awaited) as _, evaluated.changes_at);
        kernel.features.conditions.evaluated(self.number, condition, evaluated);
        Err(time)
    }
}

impl Sealed for Until {
    fn look(&self, context: &mut Context<'_>) -> bool {
        if self.holds.get() {
            return true;
        }
        let mut wait = self.wait.borrow_mut();
        if wait.poll(context).is_pending() {
            return false;
        }
        let Some(Err(time)) = wait.with_kernel(|kernel| self.holds_now(kernel)) else {
            self.holds.set(true);
            return true;
        };
        *wait = wait.again();
        *self.awaited.waiter.borrow_mut() = wait.waiter();
        wait.with_kernel(|kernel| self.awaited.look_at(kernel, time));
        wait.poll(context).is_ready()
    }

    fn is_decided(&self) -> bool {
        let wait = self.wait.borrow();
        let holds = || matches!(wait.with_kernel(|kernel| self.holds_now(kernel)), Some(Ok(())));
        self.holds.get() || wait.is_decided() && holds()
    }

    fn take(&mut self) {
        if std::mem::replace(&mut self.taken, true) {
            spent(self.wait.borrow().place());
        }
    }
}

impl Future for Until {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.get_mut().poll_look(context)
    }
}

impl Drop for Until {
    fn drop(&mut self) {
        let (nobody, nowhere) = (ActorId::OUTSIDE, Ticket::FIRST);
        self.wait.borrow().leave(nobody, nowhere, self.number, |kernel, given_up| {
            if let Some(condition) = kernel.features.conditions.forget(given_up.amount) {
                condition.look_at(kernel, None);
            }
        });
    }
}

impl fmt::Debug for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Until")
    }
}

/// Evaluates the conditions of which something has changed, in the order in which their waits
/// began, and wakes those that hold; whether there were any.
#[cold]
pub(crate) fn settle(kernel: &mut Kernel) -> bool {
    let current = kernel.current;
    let mut any = false;
    while let Some((number, condition)) = kernel.features.conditions.next_changed() {
        any = true;
        let Some(process) = condition.waits() else {
            kernel.features.conditions.forget(number);
            continue;
        };
        // If the condition panics, it is a fault of the process.
        kernel.current = process;
        let evaluated = condition.evaluate(kernel);
        kernel.current = current;
        let (holds, time) = (evaluated.holds, evaluated.changes_at);
        kernel.features.conditions.evaluated(number, Rc::clone(&condition), evaluated);
        condition.look_at(kernel, time.filter(|_| !holds));
        if holds {
            condition.wake(kernel);
        }
    }
    any
}
