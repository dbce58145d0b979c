"""Why an object has no value, as it is kept until somebody asks: each `get` makes a new exception
of it, in the process that asks."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from flagfall._flagfall import Call, Stored
from flagfall.ray import _core, exceptions
from flagfall.ray._world import frames

if TYPE_CHECKING:
    from flagfall.ray._process import Process

T = TypeVar("T")


def _seconds(nanos: int) -> str:
    return f"{nanos / 1e9:.9f}".rstrip("0").rstrip(".") + "s"


def _here(what: str) -> str:
    """What happens now in the current process, with the time and the number of the event."""
    process = _core.process()
    return f"raised at {_seconds(_core.now())} in {process.path}, event {_core.event()}: {what}"


def death(process: Process) -> str | None:
    """When and how a process died, if that is known."""
    at = process.died_at
    return None if at is None else f"{process.path} died at {_seconds(at)}: {_CAUSES[process.death]}"


#: Why an actor of the engine has died, in words.
_CAUSES = {
    "Finished": "it was finished",
    "Killed": "it was killed",
    "OwnerDied": "its owner has died",
    "Failed": "it failed",
    "Crashed": "it crashed by the fault plan",
}


def origin_of(failure: object) -> str | None:
    """Where in the simulation a failure or an exception of Ray comes from, if that is known."""
    found: str | None = getattr(failure, "_origin", None)
    return found


def _with_origin(error: BaseException, origin: str | None) -> BaseException:
    if origin is not None:
        error._origin = origin  # type: ignore[attr-defined]
    return error


class Failure:
    """An exception of Ray that has no user's exception in it."""

    #: Where it comes from: see `origin_of`.
    _origin: str | None = None

    def __init__(self, kind: type[BaseException], *arguments: Any) -> None:
        self.kind = kind
        self.arguments = arguments

    @property
    def _contents(self) -> tuple[str, tuple[Any, ...]]:
        return (self.kind.__name__, self.arguments)

    def exception(self) -> BaseException:
        """A new exception."""
        return _with_origin(self.kind(*self.arguments), self._origin)

    def __str__(self) -> str:
        return f"{self.kind.__name__}: {self.exception()}"


class Raised:
    """A task or a method raised an exception."""

    def __init__(
        self, name: str, text: str, cause: Stored, process: Process, origin: str | None = None
    ) -> None:
        self.name = name
        self.text = text
        self.cause = cause
        self.process = process
        self._origin = origin or _here(_what(name))

    @property
    def _contents(self) -> tuple[str, Stored]:
        return (self.name, self.cause)

    def error(self) -> exceptions.RayTaskError:
        """The exception without the type of its cause."""
        return exceptions.RayTaskError(self.name, self.text, self.cause.take())

    def exception(self) -> BaseException:
        """A new exception, of the type of its cause."""
        error: BaseException
        try:
            own = self.error()
        except Exception:
            # Its pickle cannot be read: only its text is left.
            error = exceptions.UnserializableException(f"ray.exceptions.RayTaskError: {self.text}\n")
        else:
            error = own.make_dual_exception_instance()
        return _with_origin(error, self._origin)

    def __str__(self) -> str:
        return self.text.rstrip().rsplit("\n", 1)[-1]


def raised(name: str, error: BaseException) -> Raised | Failure:
    """What becomes of an exception that a task or method has raised in the current process."""
    process = _core.process()
    if isinstance(error, exceptions.RayTaskError):
        # It came from another task: its text has the whole way, its cause stays the same.
        cause: BaseException = getattr(error, "cause", error)
    else:
        cause = error
    text = _text(name, error, process)
    try:
        stored = Stored(cause)
    except Exception as pickling:
        kind = f"{type(cause).__module__}.{type(cause).__name__}"
        stored = Stored(
            exceptions.RayError(
                f"Exception {kind} isn't serializable: {pickling}.\n"
                f"Original exception details:\n{text}"
            )
        )
    return Raised(name, text, stored, process, origin_of(error))


def _what(name: str) -> str:
    """The call that runs in the current process, or what else has that name."""
    from flagfall.ray import _cancel

    call = _cancel.running.get()
    return name if call is None else repr(call)


def passed_on(name: str, failure: Any) -> Raised:
    """What becomes of a task or method one of whose arguments has no value, or is an exception of
    Ray."""
    process = _core.process()
    if isinstance(failure, Raised):
        cause, text = failure.cause, f"ray.exceptions.RayTaskError: {failure.text}"
    else:
        error = failure if isinstance(failure, BaseException) else failure.exception()
        cause, text = Stored(error), f"ray.exceptions.{type(error).__name__}: {error}"
    told = f"{_head(name, process)}  {_NO_ARGUMENT}\n{text}"
    return Raised(name, told, cause, process, origin_of(failure))


_NO_ARGUMENT = "At least one of the input arguments for this task could not be computed:"


def unreadable(error: Exception) -> exceptions.RaySystemError:
    """What `get` raises for a pickle that cannot be read."""
    frames.strip(error)
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return exceptions.RaySystemError(error, "".join(lines))


def opened(read: Callable[[], T]) -> T:
    """What `read` returns.

    Raises:
        RaySystemError: the program's own code, which reads the pickle, has failed.
    """
    try:
        return read()
    except Exception as error:
        raise unreadable(error) from None


def _head(name: str, process: Process) -> str:
    from flagfall.ray._world.output import pid

    # Ray colours the name, also where nothing can show colours.
    return f"\x1b[36mray::{name}()\x1b[39m (pid={pid(process)}, ip=127.0.0.1)\n"


def _text(name: str, error: BaseException, process: Process) -> str:
    frames.strip(error)
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    text = "".join(lines).rstrip("\n")
    if error.__cause__ is not None or not (error.__suppress_context__ or error.__context__ is None):
        # Ray takes the first two lines for those of its own worker.
        first, *others = text.split("\n")
        text = "\n".join([first, *others[2:]])
    head = _head(name, process)
    marked = f"\n{text}".replace("\nTraceback (most recent call last):\n", f"\n{head}")
    # Programs know the module by the name that it has on a cluster.
    return marked.removeprefix("\n").replace("flagfall.ray.exceptions.", "ray.exceptions.")


def died(call: Call) -> Failure:
    """The actor of a plain call died before it answered."""
    return Failure(exceptions.ActorDiedError)


def show_unhandled(error: BaseException) -> None:
    """Prints an exception that nobody will ever see otherwise."""
    traceback.print_exception(type(error), error, error.__traceback__, file=sys.stderr)
