//! Requests that are answered together, in files: several share one gather or
//! one race.

use crate::actor::{Message, RequestError};
use crate::features::Continuation;
use crate::features::Core;
use crate::request::{Gather, Part, Race, Runner};
use crate::snapshot::{Bytes, FileError};
use crate::types::error::SnapshotError;
use crate::types::functions::Gathers;
use crate::types::functions::{All, First};
use crate::types::saved::{AnswerPicture, GatherPicture};
use std::any::{Any, type_name};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::rc::Rc;

/// Which places of gathers and races have been met in a file, and how many of
/// each there should be.
#[derive(Default)]
pub(crate) struct Places {
    met: BTreeSet<u64>,
    wanted: BTreeMap<u64, usize>,
    taken: BTreeSet<(u64, usize)>,
    counts: BTreeMap<u64, usize>,
}

impl Gathers {
    /// Whether this is the first part of a gather that is saved.
    fn meet(&mut self, number: u64) -> bool {
        self.places_mut().1.met.insert(number)
    }

    /// Enters one that has so many open requests; `None` if it is there.
    fn begin(&mut self, number: u64, missing: usize, gather: Rc<dyn Any>) -> Option<()> {
        let (all, places) = self.places_mut();
        places.wanted.insert(number, missing);
        if all.insert(number, gather).is_none() { Some(()) } else { None }
    }

    fn get(&mut self, number: u64) -> Option<Rc<dyn Any>> {
        self.places_mut().0.get(&number).map(Rc::clone)
    }

    /// How many requests have taken their places.
    fn places(&mut self, number: u64) -> usize {
        self.places_mut().1.counts.get(&number).copied().unwrap_or(0)
    }

    /// Gives a place to one request; `false` if it is taken.
    fn take_place(&mut self, number: u64, place: usize) -> bool {
        let places = self.places_mut().1;
        *places.counts.entry(number).or_default() += 1;
        places.taken.insert((number, place))
    }

    /// Whether all requests of all gathers and races were there.
    pub(crate) fn are_complete(&mut self) -> bool {
        let places = self.places_mut().1;
        places.wanted == places.counts
    }
}

impl<F, R, M> All<F, R, M>
where
    F: FnOnce(Vec<Result<R, RequestError>>) -> M + Clone + 'static,
    R: 'static,
    M: Message,
{
    pub(crate) fn save_part(
        &self,
        from: &dyn Any,
        gathers: &mut Gathers,
    ) -> Result<AnswerPicture, SnapshotError> {
        let part = from.downcast_ref::<Part<F, R, M>>().expect("looked up by its type");
        let gather = part.gather.borrow();
        let (number, position) = (gather.number, part.position as u32);
        if !gathers.meet(number) {
            return Ok(AnswerPicture::Part { gather: number, position, shared: None });
        }
        let Some(codec) = &self.codec else {
            return Err(SnapshotError::Function {
                type_name: type_name::<F>(),
                purpose: "Context::ask_all",
                register: "Types::saved_answers",
            });
        };
        let mut answers = Vec::with_capacity(gather.answers.len());
        for answer in &gather.answers {
            answers.push(match answer {
                None => None,
                Some(Ok(answer)) => Some(Ok((codec.encode)(answer)?)),
                Some(Err(error)) => Some(Err(error.clone())),
            });
        }
        let arrival = gather.arrival;
        let shared = Some(GatherPicture { wrapped: gather.wrap.is_some(), answers, arrival });
        Ok(AnswerPicture::Part { gather: number, position, shared })
    }

    pub(crate) fn load_part(
        &self,
        picture: &AnswerPicture,
        gathers: &mut Gathers,
    ) -> Option<Box<dyn Continuation<Core>>> {
        let AnswerPicture::Part { gather: number, position, shared } = picture else { return None };
        if let Some(shared) = shared {
            let codec = self.codec.as_ref()?;
            let answer = |answer: &Option<Result<Bytes, RequestError>>| match answer {
                None => Ok(None),
                Some(Ok(answer)) => (codec.decode)(answer).map(|answer| Some(Ok(answer))),
                Some(Err(error)) => Ok(Some(Err(error.clone()))),
            };
            let answers: Result<Vec<_>, FileError> = shared.answers.iter().map(answer).collect();
            let answers = answers.ok()?;
            let missing = answers.iter().filter(|answer| answer.is_none()).count();
            let wrap = shared.wrapped.then(|| self.wrap.clone());
            let arrival = shared.arrival;
            let gather = Gather { number: *number, wrap, answers, missing, arrival };
            gathers.begin(*number, missing, Rc::new(RefCell::new(gather)))?;
        }
        let position = *position as usize;
        let gather: Rc<RefCell<Gather<F, R>>> = gathers.get(*number)?.downcast().ok()?;
        let is_open = gather.borrow().answers.get(position).is_some_and(Option::is_none);
        if !is_open || !gathers.take_place(*number, position) {
            return None;
        }
        Some(Box::new(Part::<F, R, M> { gather, position, types: PhantomData }))
    }
}

impl<F, R, M> First<F, R, M>
where
    F: Fn(Result<R, RequestError>) -> M + Clone + 'static,
    R: 'static,
    M: Message,
{
    pub(crate) fn save_runner(&self, from: &dyn Any) -> AnswerPicture {
        let runner = from.downcast_ref::<Runner<F, R, M>>().expect("looked up by its type");
        let race = runner.race.borrow();
        AnswerPicture::Runner { race: race.number, missing: race.missing as u32, first: race.first }
    }

    pub(crate) fn load_runner(
        &self,
        picture: &AnswerPicture,
        gathers: &mut Gathers,
    ) -> Option<Box<dyn Continuation<Core>>> {
        let AnswerPicture::Runner { race: number, missing, first } = *picture else { return None };
        let missing = missing as usize;
        if gathers.get(number).is_none() {
            let race = Race { number, wrap: self.0.clone(), missing, first };
            gathers.begin(number, missing, Rc::new(RefCell::new(race)))?;
        }
        let race: Rc<RefCell<Race<F>>> = gathers.get(number)?.downcast().ok()?;
        let same = race.borrow().missing == missing && race.borrow().first == first;
        let place = gathers.places(number);
        if !same || !gathers.take_place(number, place) {
            return None;
        }
        Some(Box::new(Runner::<F, R, M> { race, types: PhantomData }))
    }
}
