//! Checks that each process uses its own handle.
//!
//! The handle of a process acts and waits for that process alone. If another process used it, it
//! would act in the wrong name. A wait would wake the wrong process, and the other would hang. So
//! misuse is an error where it happens.

use crate::actor::ActorId;
use crate::error::ErrorKind;
use crate::features::Kernel;
use crate::process::interface::Process;
use crate::process::place::Place;
use crate::process::state::ProcessState;
use std::cell::{Ref, RefCell, RefMut};
use std::panic::Location;
use std::rc::Rc;

/// A misuse that ends the run by a panic, because the kernel was in use, or its simulation was
/// not running.
struct Told {
    text: String,
    kind: ErrorKind,
    /// The process whose handle it was, and its kernel, if that kernel was in use and could not
    /// tell the path.
    owner: Option<(ActorId, *const RefCell<Kernel>)>,
}

thread_local! {
    static TOLD: RefCell<Option<Told>> = const { RefCell::new(None) };
}

/// What another process has used.
#[derive(Clone, Copy)]
pub(crate) enum Used {
    Handle,
    Wait,
}

impl<M> Process<M> {
    #[track_caller]
    pub(crate) fn act(&self) -> RefMut<'_, Kernel> {
        self.act_at(Location::caller())
    }

    /// The same, for a call at that place.
    pub(crate) fn act_at(&self, place: Place) -> RefMut<'_, Kernel> {
        check(&self.state, self.id, Used::Handle, place);
        match self.kernel.try_borrow_mut() {
            Ok(kernel) => kernel,
            Err(_) => in_use(&self.state, self.id, place),
        }
    }

    #[track_caller]
    pub(crate) fn look(&self) -> Ref<'_, Kernel> {
        self.look_at(Location::caller())
    }

    /// The same, for a call at that place.
    pub(crate) fn look_at(&self, place: Place) -> Ref<'_, Kernel> {
        match self.kernel.try_borrow() {
            Ok(kernel) => kernel,
            Err(_) => in_use(&self.state, self.id, place),
        }
    }

    /// Fails the run unless the process itself uses its handle.
    #[track_caller]
    pub(crate) fn check(&self) {
        check(&self.state, self.id, Used::Handle, Location::caller());
    }
}

#[inline]
pub(crate) fn check(state: &ProcessState, owner: ActorId, used: Used, place: Place) {
    if !state.may_act() {
        misused(state, owner, used, place);
    }
}

pub(super) fn kind(used: Used, process: String, place: Place) -> ErrorKind {
    let place = place.to_string();
    match used {
        Used::Handle => ErrorKind::ForeignHandle { process, place },
        Used::Wait => ErrorKind::ForeignWait { process, place },
    }
}

/// Fails the run in which the handle or wait of another process was used.
#[cold]
pub(crate) fn misused(state: &ProcessState, owner: ActorId, used: Used, place: Place) {
    if std::thread::panicking() {
        // Something else has failed, and a destructor must not panic.
        return;
    }
    let kernel = state.returns.kernel();
    let Some(mut kernel) = kernel.as_ref().and_then(|kernel| kernel.try_borrow_mut().ok()) else {
        in_use(state, owner, place);
    };
    let path = kernel.entities.path(owner).to_string();
    let kind = kind(used, path, place);
    if kernel.current != ActorId::OUTSIDE {
        return kernel.fail(kind);
    }
    drop(kernel);
    let text = format!("{kind}; the simulation of that process does not run now");
    tell(Told { text, kind, owner: None });
}

/// Panics because the kernel is borrowed by an actor, or by a function that was passed to it. It
/// cannot tell the path of the process.
#[cold]
pub(crate) fn in_use(state: &ProcessState, owner: ActorId, place: Place) -> ! {
    let text = format!(
        "the handle of a process was used at {place}, while an actor, or a function given to a \
         resource or store, was running: an actor uses its context"
    );
    let kind = kind(Used::Handle, String::new(), place);
    let owner = state.returns.kernel().map(|kernel| (owner, Rc::as_ptr(&kernel)));
    tell(Told { text, kind, owner })
}

/// Panics, which ends the run of this thread. That may be the run of another simulation.
fn tell(told: Told) -> ! {
    let text = told.text.clone();
    TOLD.set(Some(told));
    panic!("{text}");
}

/// The error that caused a panic with that text, if it was about a handle.
pub(crate) fn told(kernel: &Rc<RefCell<Kernel>>, text: &str) -> Option<ErrorKind> {
    let Told { text: told, mut kind, owner } = TOLD.take()?;
    let own = owner.filter(|(_, other)| std::ptr::eq(*other, Rc::as_ptr(kernel)));
    if let ErrorKind::ForeignHandle { process, .. } | ErrorKind::ForeignWait { process, .. } =
        &mut kind
    {
        match own {
            Some((id, _)) => *process = kernel.borrow().entities.path(id).to_string(),
            None if process.is_empty() => "of another simulation".clone_into(process),
            None => {}
        }
    }
    (told == text).then_some(kind)
}
