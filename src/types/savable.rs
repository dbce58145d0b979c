//! Registering types for saving, and writing and reading their classes.

use crate::actor::{Message, RequestError};
use crate::handler::{Actor, ActorClass, Meta, Slot};
use crate::kernel::Shared;
use crate::request::Part;
use crate::snapshot::{Bytes, FileError, decode, decode_many, encode};
use crate::store::{EventPool, Mailbox, NONE, Op};
use crate::types::functions::All;
use crate::types::kinds::captures_nothing;
use crate::types::pictures::{
    ClassPicture, Codec, LoadedClass, SavedCheckpoint, SavedState, SlotPicture,
};
use crate::types::program::TypeRegistry;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::{Any, TypeId, type_name};
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

impl TypeRegistry {
    /// Actors with states of type `A` are copied by cloning their states and saved
    /// under that name. Their messages are saved, too.
    ///
    /// Files contain the names: do not change a name while files with it are in use. States
    /// and messages should have no recursive types. A damaged file is refused before it is
    /// decoded, but a forged one could exhaust the stack.
    ///
    /// # Panics
    /// If another type has the name.
    #[must_use]
    pub fn savable<A>(self, name: &'static str) -> Self
    where
        A: Actor + Clone + Serialize + DeserializeOwned,
        A::Message: Serialize + DeserializeOwned,
    {
        self.forkable::<A>().savable_as::<A>(name)
    }

    /// Actors with states of type `A` are saved under that name.
    /// [`forkable_by`](Self::forkable_by) sets how they are copied.
    ///
    /// # Panics
    /// If another type has the name.
    #[must_use]
    pub fn savable_as<A>(mut self, name: &'static str) -> Self
    where
        A: Actor + Serialize + DeserializeOwned,
        A::Message: Serialize + DeserializeOwned,
    {
        let saved = SavedState {
            name,
            save: Rc::new(move |class| save_class::<A>(name, class)),
            load: Rc::new(load_class::<A>),
        };
        self.states.entry(TypeId::of::<A>()).or_default().saved = Some(saved);
        self.check_names();
        self
    }

    /// Checks that each name has one meaning in files.
    pub(crate) fn check_names(&self) {
        let states = self.states.values().filter_map(|state| state.saved.as_ref());
        let states = states.map(|saved| ("types of actors", saved.name));
        let checkpoints = self.checkpoints.values().filter_map(|state| state.saved.as_ref());
        let checkpoints = checkpoints.map(|saved| ("types of checkpoints", saved.name));
        let mut names: Vec<_> = states.chain(checkpoints).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            let (what, name) = twice[0];
            panic!("two {what} are saved as {name}");
        }
    }

    /// Like [`answers`](Self::answers), for functions that are also saved.
    ///
    /// # Panics
    /// If another function has the name.
    #[must_use]
    pub fn saved_answers<R, M: Message, F>(mut self, name: &'static str, then: F) -> Self
    where
        R: Clone + Serialize + DeserializeOwned + 'static,
        F: FnOnce(Vec<Result<R, RequestError>>) -> M + Clone + 'static,
    {
        const { captures_nothing::<F>() }
        let known = Rc::new(All::<F, R, M> {
            wrap: then,
            clone: R::clone,
            codec: Some(Codec::new()),
            types: PhantomData,
        });
        self.answers.insert::<Part<F, R, M>>(name, known);
        self
    }

    /// Checkpoints of type `S` are copied by cloning and saved under that name.
    ///
    /// # Panics
    /// If another type has the name.
    #[must_use]
    pub fn saved_checkpoint<S>(self, name: &'static str) -> Self
    where
        S: Clone + Serialize + DeserializeOwned + 'static,
    {
        let mut types = self.checkpoint::<S>();
        let saved = SavedCheckpoint {
            name,
            save: Rc::new(|state| {
                let state = state.downcast_ref::<S>().expect("looked up by its type");
                encode(state, type_name::<S>()).map(Bytes)
            }),
            load: Rc::new(|bytes| Ok(Box::new(decode::<S>(&bytes.0, type_name::<S>())?))),
        };
        if let Some(known) = types.checkpoints.get_mut(&TypeId::of::<S>()) {
            known.saved = Some(saved);
        }
        types.check_names();
        types
    }

    /// The type of states that are saved under a name.
    pub(crate) fn state_named(&self, name: &str) -> Option<&SavedState> {
        let mut saved = self.states.values().filter_map(|state| state.saved.as_ref());
        saved.find(|saved| saved.name == name)
    }

    pub(crate) fn checkpoint_named(&self, name: &str) -> Option<(&'static str, &SavedCheckpoint)> {
        let mut saved =
            self.checkpoints.values().filter_map(|t| Some((t.type_name, t.saved.as_ref()?)));
        saved.find(|(_, saved)| saved.name == name)
    }
}

fn save_class<A>(name: &str, class: &dyn Any) -> Result<ClassPicture, FileError>
where
    A: Actor + Serialize,
    A::Message: Serialize,
{
    let class = class.downcast_ref::<ActorClass<A>>().expect("looked up by its type");
    let pool = class.pool.borrow();
    let (mut slots, mut states, mut messages) = (Vec::new(), Vec::new(), Vec::new());
    for slot in &class.slots {
        let Slot::Live { meta, state } = slot else {
            slots.push(None);
            continue;
        };
        slots.push(Some(SlotPicture {
            generation: meta.generation,
            busy: meta.busy,
            role: meta.role,
            pending: Some(meta.pending).filter(|cell| *cell != NONE),
            mailbox: pool.waiting(meta.mailbox),
        }));
        states.append(&mut encode(state, type_name::<A>())?);
    }
    for message in pool.messages() {
        messages.append(&mut encode(message, type_name::<A::Message>())?);
    }
    let (states, messages) = (Bytes(states), Bytes(messages));
    Ok(ClassPicture { name: name.to_owned(), slots, states, pool: pool.picture(), messages })
}

/// Loads a class whose picture was checked.
fn load_class<A>(number: u16, picture: &ClassPicture) -> Result<LoadedClass, FileError>
where
    A: Actor + DeserializeOwned,
    A::Message: DeserializeOwned,
{
    let alive = picture.slots.iter().flatten().count();
    let mut states = decode_many::<A>(&picture.states.0, alive, type_name::<A>())?.into_iter();
    let count = picture.pool.messages();
    let messages = decode_many(&picture.messages.0, count, type_name::<A::Message>())?;
    let mut pool = EventPool::<A::Message>::restore(number, &picture.pool, messages);
    let slots = picture.slots.iter().map(|slot| {
        let Some(SlotPicture { generation, busy, role, pending, mailbox: cells }) = slot else {
            return Slot::Vacant;
        };
        let (generation, busy, role) = (*generation, *busy, *role);
        let mut mailbox = Mailbox::EMPTY;
        cells.iter().for_each(|cell| mailbox.push(&mut pool, *cell, Op::WAITING));
        let meta = Meta { generation, busy, role, mailbox, pending: pending.unwrap_or(NONE) };
        Slot::Live { meta, state: states.next().expect("one for each living actor") }
    });
    let slots = slots.collect();
    let pool = Rc::new(RefCell::new(pool));
    let class = ActorClass::<A> { class: number, slots, pool: Rc::clone(&pool) };
    Ok(LoadedClass {
        class: Box::new(class),
        pool: Shared { typed: Rc::clone(&pool) as _, any: pool as _ },
        state: TypeId::of::<A>(),
        message: TypeId::of::<A::Message>(),
    })
}
