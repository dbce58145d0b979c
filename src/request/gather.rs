//! Several requests whose answers are awaited together: all of them, or the first.

use crate::actor::{ActorId, Message, ReplyTo, RequestError};
use crate::event_list::Lane;
use crate::features::{Answered, Continuation, Kernel, Route, typed};
use crate::record::RecordKind;
use crate::store::{NONE, Op};
use crate::tie::Thing;
use crate::time::VirtualTime;
use std::any::type_name;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

/// The answers so far, if all are awaited.
pub(crate) struct Gather<F, R> {
    /// The number of its first request, as its identifier.
    pub(crate) number: u64,
    /// `None` once it was used.
    pub(crate) wrap: Option<F>,
    pub(crate) answers: Vec<Option<Result<R, RequestError>>>,
    pub(crate) missing: usize,
    /// When the last of them arrives; `None` is past the end of time.
    pub(crate) arrival: Option<(VirtualTime, Lane)>,
}

/// One request of a gather.
pub(crate) struct Part<F, R, M> {
    pub(crate) gather: Rc<RefCell<Gather<F, R>>>,
    pub(crate) position: usize,
    pub(crate) types: PhantomData<fn() -> M>,
}

impl<F, R, M> Continuation<Kernel> for Part<F, R, M>
where
    F: FnOnce(Vec<Result<R, RequestError>>) -> M + 'static,
    R: 'static,
    M: Message,
{
    fn resume(self: Box<Self>, kernel: &mut Kernel, route: Route, answer: Answered<'_>) {
        kernel.ties.marks.uses(Thing::Answers(route.asker));
        let mut gather = self.gather.borrow_mut();
        gather.answers[self.position] = Some(typed(answer));
        gather.missing -= 1;
        // The asker goes on when the slowest answer has arrived. `None`, past the end of time, must
        // win.
        gather.arrival = gather.arrival.zip(route.due).map(|(a, b)| if b.0 < a.0 { a } else { b });
        if gather.missing > 0 {
            return;
        }
        let Some(wrap) = gather.wrap.take() else { return };
        let answers = gather.answers.drain(..).map(|a| a.expect("none is missing")).collect();
        let due = gather.arrival;
        drop(gather);
        kernel.post(due, route.from, route.asker, route.op, wrap(answers));
    }

    fn function(&self) -> &'static str {
        type_name::<F>()
    }
}

/// Several requests of which only the first answer to arrive is awaited.
pub(crate) struct Race<F> {
    /// The number of its first request, as its identifier.
    pub(crate) number: u64,
    pub(crate) wrap: F,
    pub(crate) missing: usize,
    /// When the first of the answers so far arrives, and its cell.
    pub(crate) first: Option<(VirtualTime, u32)>,
}

/// One request of a race.
pub(crate) struct Runner<F, R, M> {
    pub(crate) race: Rc<RefCell<Race<F>>>,
    pub(crate) types: PhantomData<fn(R) -> M>,
}

impl<F, R, M> Continuation<Kernel> for Runner<F, R, M>
where
    F: Fn(Result<R, RequestError>) -> M + 'static,
    R: 'static,
    M: Message,
{
    fn resume(self: Box<Self>, kernel: &mut Kernel, route: Route, answer: Answered<'_>) {
        kernel.ties.marks.uses(Thing::Answers(route.asker));
        let mut race = self.race.borrow_mut();
        race.missing -= 1;
        let is_useless = answer.is_err() && (race.missing > 0 || race.first.is_some());
        let Some(due) = route.due.filter(|_| !is_useless) else {
            return;
        };
        match race.first {
            Some((time, _)) if time <= due.0 => return,
            Some((_, cell)) => kernel.overtake::<M>(route.asker, cell),
            None => {}
        }
        let message = (race.wrap)(typed(answer));
        let cell = kernel.post(Some(due), route.from, route.asker, route.op, message);
        race.first = Some((due.0, cell)).filter(|_| cell != NONE);
    }

    fn function(&self) -> &'static str {
        type_name::<F>()
    }
}

impl Kernel {
    /// Opens one request to each target, for a common answer. Returns the [`ReplyTo`] of each
    /// request.
    pub(crate) fn open_gather<R: 'static, M: Message, F>(
        &mut self,
        asker: ActorId,
        targets: &[ActorId],
        wrap: F,
    ) -> Vec<ReplyTo<R>>
    where
        F: FnOnce(Vec<Result<R, RequestError>>) -> M + 'static,
    {
        let gather = Rc::new(RefCell::new(Gather {
            number: self.features.requests.made,
            wrap: Some(wrap),
            answers: targets.iter().map(|_| None).collect(),
            missing: targets.len(),
            arrival: Some((self.now, Lane::Now)),
        }));
        let list = |(position, &target)| {
            let gather = Rc::clone(&gather);
            let part = Box::new(Part::<F, R, M> { gather, position, types: PhantomData });
            ReplyTo::new(self.open_request(asker, target, Op::ANSWER, part), self.family)
        };
        targets.iter().enumerate().map(list).collect()
    }

    /// Opens one request to each target; only the first answer counts.
    pub(crate) fn open_race<R: 'static, M: Message, F>(
        &mut self,
        asker: ActorId,
        targets: &[ActorId],
        wrap: F,
    ) -> Vec<ReplyTo<R>>
    where
        F: Fn(Result<R, RequestError>) -> M + 'static,
    {
        let (number, missing) = (self.features.requests.made, targets.len());
        let race = Rc::new(RefCell::new(Race { number, wrap, missing, first: None }));
        let list = |&target| {
            let race = Rc::clone(&race);
            let runner = Box::new(Runner::<F, R, M> { race, types: PhantomData });
            ReplyTo::new(self.open_request(asker, target, Op::ANSWER, runner), self.family)
        };
        targets.iter().map(list).collect()
    }

    /// Cancels an answer that is scheduled, because another arrives first.
    fn overtake<M: Message>(&mut self, asker: ActorId, cell: u32) {
        let pool = self.shared_pool::<M>(asker.class());
        self.record(RecordKind::Cancelled, asker, &pool.borrow(), cell);
        let late = pool.borrow_mut().cancel(cell);
        drop(late);
        self.counts.cancelled += 1;
        self.cancel(asker.class(), cell);
    }
}
