"""Virtual processes and threads: what all of `flagfall.ray` stands on.

A process of Ray is an actor of the engine, and each of its threads is a greenlet. Code of a process
runs until it waits: then the engine handles the next message. So no two threads ever run at once,
and what Python does in between is not seen by others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import greenlet

from flagfall._flagfall import Thread as Thread
from flagfall._flagfall import current_process, current_thread
from flagfall._flagfall import event as event
from flagfall._flagfall import now as now
from flagfall._flagfall import slowed as slowed
from flagfall._flagfall import wake as wake

if TYPE_CHECKING:
    from flagfall import Stream
    from flagfall.ray._process import Process as Process

T = TypeVar("T")

#: The most nanoseconds that a wait can have: 146 years.
_LONGEST = 1 << 62


def current() -> Process | None:
    """The process whose code runs now; `None` outside of a run."""
    return current_process()  # type: ignore[return-value]


def process() -> Process:
    """The process whose code runs now.

    Raises:
        RuntimeError: nothing runs.
    """
    found = current_process()
    if found is None:
        raise RuntimeError("no Ray program runs here; start one with flagfall.ray.init()")
    return found  # type: ignore[return-value]


def thread() -> Thread:
    """The virtual thread that runs now."""
    return current_thread()


def nanos(seconds: float) -> int:
    """Seconds as whole nanoseconds, rounded; never below zero."""
    if seconds != seconds:
        raise ValueError("a time to wait is not a number (NaN)")
    return min(max(round(seconds * 1e9), 0), _LONGEST) if seconds < 1e300 else _LONGEST


def wait(timeout: float | None = None) -> bool:
    """Waits until somebody wakes this thread, or the time (in seconds) has passed. A wake that came
    before is taken at once.

    Returns:
        Whether it was woken.
    """
    this = current_thread()
    if not this.begin(None if timeout is None else nanos(timeout)):
        return True
    _switch()
    if _interrupts:
        _interrupted(this)
    return this.end()


#: Threads that are to be interrupted, each with the exception that it will see.
_interrupts: dict[Thread, BaseException] = {}


def interrupt(this: Thread, error: BaseException) -> None:
    """Raises an exception in a thread, as a signal does: when it waits for others, at once; when
    it sleeps, at the end of the sleep."""
    _interrupts[this] = error
    wake(this)


def calm(this: Thread) -> None:
    """Forgets an interrupt that the thread has not seen."""
    _interrupts.pop(this, None)


def _interrupted(this: Thread) -> None:
    error = _interrupts.pop(this, None)
    if error is not None:
        raise error


def never() -> NoReturn:
    """Goes back to the engine for good: the thread never goes on."""
    hub = greenlet.getcurrent().parent
    assert hub is not None
    _loop.suspended()
    while True:
        hub.switch()


def _switch() -> None:
    """Goes back to the engine, until this thread goes on."""
    hub = greenlet.getcurrent().parent
    assert hub is not None
    kept = _loop.suspended()
    hub.switch()
    _loop.resumed(kept)


def wait_until(ready: Callable[[], bool], timeout: float | None = None) -> bool:
    """Waits until `ready()` is true; looks whenever the thread is woken. Returns whether it is."""
    until = None if timeout is None else now() + nanos(timeout)
    while not ready():
        if until is None:
            wait()
        elif now() >= until or not wait((until - now()) / 1e9):
            return ready()
    return True


def sleep(seconds: float) -> None:
    """Waits for that many seconds, whoever wakes the thread meanwhile."""
    _sleep(nanos(seconds))


def work(seconds: float) -> None:
    """The same for a sleep that stands for work: it is longer if a fault plan makes the process slow."""
    _sleep(slowed(nanos(seconds)))


def _sleep(length: int) -> None:
    until = now() + length
    this = current_thread()
    while now() < until:
        if not this.begin(until - now()):
            continue
        _switch()
        this.end()
    if _interrupts:
        _interrupted(this)


def start_thread(of: Process, body: Callable[[], object]) -> Thread:
    """Starts a thread of that process: it runs when what runs now waits or ends."""
    made = Thread(of)

    def run() -> None:
        try:
            body()
        except greenlet.GreenletExit:
            pass
        finally:
            made.ends()

    # Its parent is the engine, also if another thread starts it.
    made_by = greenlet.greenlet(run, parent=of.run.hub)
    of.greenlets.append(made_by)
    made.runs(made_by.switch)
    wake(made)
    return made


def seed() -> int:
    """The seed of the run."""
    return process().run.seed


def stream(path: str, purpose: str) -> Stream:
    """The stream of the engine of that name, for the seed of the run."""
    from flagfall._stream import stream as named

    run = process().run
    opened = named(run.seed, run.replication, path, purpose)
    return opened.mirrored() if run.is_mirrored else opened


def run(main: Callable[[], T], **options: Any) -> Any:
    """Runs a function as the driver of a new simulation: see `_launch.run`."""
    from flagfall.ray import _launch

    return _launch.run(main, **options)


# Last, because it asks this module for the time.
from flagfall.ray._world import loop as _loop  # noqa: E402
