//! Whose handle is used by whom.
//!
//! The handle of a process acts and waits for that process alone. Used by
//! another, it would act in the wrong name, and a wait would wake the wrong
//! process, so that the other hangs: that is an error where it happens.

use crate::actor::ActorId;
use crate::error::ErrorKind;
use crate::features::Kernel;
use crate::process::interface::Process;
use crate::process::place::Place;
use crate::process::state::ProcessState;
use std::cell::{Ref, RefCell, RefMut};
use std::panic::Location;
use std::rc::Rc;

/// A misuse on its way to the run that it ends, as a panic: there was no
/// kernel to tell.
struct Told {
    /// What the panic says.
    text: String,
    kind: ErrorKind,
    /// The process whose handle it was, if its kernel could not be asked for
    /// the path; and which kernel that is.
    owner: Option<(ActorId, *const RefCell<Kernel>)>,
}

thread_local! {
    static TOLD: RefCell<Option<Told>> = const { RefCell::new(None) };
}

/// What was used by somebody else.
#[derive(Clone, Copy)]
pub(crate) enum Used {
    Handle,
    Wait,
}

impl<M> Process<M> {
    /// The kernel, to act or to begin to wait.
    #[track_caller]
    pub(crate) fn act(&self) -> RefMut<'_, Kernel> {
        self.act_at(Location::caller())
    }

    /// The same, for what was asked for at that place.
    pub(crate) fn act_at(&self, place: Place) -> RefMut<'_, Kernel> {
        check(&self.state, self.id, Used::Handle, place);
        match self.kernel.try_borrow_mut() {
            Ok(kernel) => kernel,
            Err(_) => in_use(&self.state, self.id, place),
        }
    }

    /// The kernel, to read.
    #[track_caller]
    pub(crate) fn look(&self) -> Ref<'_, Kernel> {
        self.look_at(Location::caller())
    }

    /// The same, for what was asked for at that place.
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

/// Fails the run of whoever used what is another's.
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

/// The kernel is in the hands of an actor, or of a function that was passed
/// to it, and cannot tell the path of the process.
#[cold]
pub(crate) fn in_use(state: &ProcessState, owner: ActorId, place: Place) -> ! {
    let text = format!(
        "the handle of a process was used at {place}, where its simulation is in the hands of an \
         actor, or of a function that was passed to a resource or store: an actor uses its context"
    );
    let kind = kind(Used::Handle, String::new(), place);
    let owner = state.returns.kernel().map(|kernel| (owner, Rc::as_ptr(&kernel)));
    tell(Told { text, kind, owner })
}

/// Ends whatever runs in this thread, another simulation maybe, by a panic.
fn tell(told: Told) -> ! {
    let text = told.text.clone();
    TOLD.set(Some(told));
    panic!("{text}");
}

/// What a panic with that text was about, if it was about a handle.
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
