//! Whose handle is used by whom.
//!
//! The handle of a process acts and waits for that process alone. Used by
//! another, it would act in the wrong name, and a wait would wake the wrong
//! process, so that the other hangs: that is an error where it happens.

use super::Process;
use super::shell::Shell;
use crate::actor::ActorId;
use crate::simulation::core::Core;
use crate::simulation::error::ErrorKind;
use std::cell::{Ref, RefCell, RefMut};
use std::panic::Location;
use std::rc::Rc;

/// Where in the program something was done.
pub(in crate::simulation) type Place = &'static Location<'static>;

/// A misuse on its way to the run that it ends, as a panic: there was no
/// kernel to tell.
struct Told {
    /// What the panic says.
    text: String,
    kind: ErrorKind,
    /// The process whose handle it was, if its kernel could not be asked for
    /// the path; and which kernel that is.
    owner: Option<(ActorId, *const RefCell<Core>)>,
}

thread_local! {
    static TOLD: RefCell<Option<Told>> = const { RefCell::new(None) };
}

/// What was used by somebody else.
#[derive(Clone, Copy)]
pub(super) enum Used {
    Handle,
    Wait,
}

impl<M> Process<M> {
    /// The kernel, to act or to begin to wait.
    #[track_caller]
    pub(in crate::simulation) fn act(&self) -> RefMut<'_, Core> {
        self.check();
        self.core.try_borrow_mut().unwrap_or_else(|_| in_use(&self.shell, self.id))
    }

    /// The kernel, to read.
    #[track_caller]
    pub(in crate::simulation) fn look(&self) -> Ref<'_, Core> {
        self.core.try_borrow().unwrap_or_else(|_| in_use(&self.shell, self.id))
    }

    /// Fails the run unless the process itself uses its handle.
    #[track_caller]
    pub(super) fn check(&self) {
        check(&self.shell, self.id, Used::Handle, Location::caller());
    }

    /// Fails the run unless the process itself awaits what it began there.
    pub(super) fn check_wait(&self, place: Place) {
        check(&self.shell, self.id, Used::Wait, place);
    }
}

#[inline]
pub(super) fn check(shell: &Shell, owner: ActorId, used: Used, place: Place) {
    if !shell.may_act() {
        misused(shell, owner, used, place);
    }
}

fn kind(used: Used, process: String, place: Place) -> ErrorKind {
    let place = place.to_string();
    match used {
        Used::Handle => ErrorKind::ForeignHandle { process, place },
        Used::Wait => ErrorKind::ForeignWait { process, place },
    }
}

/// Fails the run of whoever used what is another's.
#[cold]
fn misused(shell: &Shell, owner: ActorId, used: Used, place: Place) {
    if std::thread::panicking() {
        // Something else has failed, and a destructor must not panic.
        return;
    }
    let core = shell.returns.kernel();
    let Some(mut kernel) = core.as_ref().and_then(|core| core.try_borrow_mut().ok()) else {
        tell(core.as_ref(), owner, kind(used, String::new(), place), place);
    };
    let path = kernel.directory.path(owner).to_string();
    let kind = kind(used, path, place);
    if kernel.current != ActorId::OUTSIDE {
        return kernel.fail(kind);
    }
    drop(kernel);
    tell(None, owner, kind, place);
}

/// The kernel is in the hands of an actor, or of a function that was passed
/// to it.
#[cold]
#[track_caller]
pub(super) fn in_use(shell: &Shell, owner: ActorId) -> ! {
    let place = Location::caller();
    tell(shell.returns.kernel().as_ref(), owner, kind(Used::Handle, String::new(), place), place)
}

/// Ends whatever runs in this thread, another simulation maybe, by a panic.
///
/// `core` is the kernel that knows the path of the owner, if it is not in the
/// error yet.
fn tell(core: Option<&Rc<RefCell<Core>>>, owner: ActorId, kind: ErrorKind, place: Place) -> ! {
    let text = format!(
        "the handle of a process was used at {place}, where its simulation does not run or is in \
         use: {kind}"
    );
    let owner = core.map(|core| (owner, Rc::as_ptr(core)));
    TOLD.set(Some(Told { text: text.clone(), kind, owner }));
    panic!("{text}");
}

/// What a panic with that text was about, if it was about a handle.
pub(in crate::simulation) fn told(core: &Rc<RefCell<Core>>, text: &str) -> Option<ErrorKind> {
    let Told { text: told, mut kind, owner } = TOLD.take()?;
    let own = owner.filter(|(_, kernel)| std::ptr::eq(*kernel, Rc::as_ptr(core)));
    if let (
        Some((id, _)),
        ErrorKind::ForeignHandle { process, .. } | ErrorKind::ForeignWait { process, .. },
    ) = (own, &mut kind)
    {
        *process = core.borrow().directory.path(id).to_string();
    }
    (told == text).then_some(kind)
}
