"""Locks that wait in virtual time. Python's own conditions, events, semaphores and queues are
made of them."""

from __future__ import annotations

import _thread
import queue
import threading
from collections import deque
from typing import Any, NoReturn

from flagfall.ray import _core
from flagfall.ray._world import clock
from flagfall.ray._world._inside import here, mine
from flagfall.ray._world.patches import Patches


def _check(blocking: bool, timeout: float) -> None:
    # Python's own words, which programs may look for.
    if not blocking and timeout != -1:
        raise ValueError("can't specify a timeout for a non-blocking call")
    if timeout < 0 and timeout != -1:
        raise ValueError("timeout value must be a non-negative number")


_OUTSIDE = object()


def _me() -> Any:
    """The virtual thread whose code runs. What was imported in a run may use its locks after it."""
    return _OUTSIDE if here() is None else _core.thread()


class _Unsent:
    """What no process can send to another. In texts it is Python's own."""

    _name = "lock"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"cannot pickle '_thread.{self._name}' object")

    def __repr__(self) -> str:
        process = here()
        # An address would differ from run to run.
        numbers: dict[int, Any]
        numbers = {} if process is None else mine(process, "locks shown", lambda _: {})
        _, number = numbers.setdefault(id(self), (self, len(numbers)))
        state = "locked" if self.locked() else "unlocked"
        return f"<{state} _thread.{self._name} object at {0x7F0000000000 + 64 * number:#x}>"

    def locked(self) -> bool:
        raise NotImplementedError


class Lock(_Unsent):
    """Takes the place of `threading.Lock`. Who waits first gets it first."""

    def __init__(self) -> None:
        self._is_locked = False
        self._waiting: deque[_core.Thread] = deque()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        _check(blocking, timeout)
        if not self._is_locked:
            self._is_locked = True
            return True
        if not blocking:
            return False
        return self._wait(None if timeout == -1 else timeout)

    def _wait(self, timeout: float | None) -> bool:
        me = _me()
        if me is _OUTSIDE:
            raise RuntimeError("a lock of a run is held for ever: the run that took it has ended")
        self._waiting.append(me)
        end = None if timeout is None else _core.now() + round(timeout * 1e9)
        try:
            while me in self._waiting:
                rest = None if end is None else (end - _core.now()) / 10**9
                if rest is not None and rest <= 0:
                    return False
                # Somebody may wake it for another reason.
                _core.wait(rest)
            return True
        finally:
            # An exception may come while it waits.
            if me in self._waiting:
                self._waiting.remove(me)

    def release(self) -> None:
        if not self._is_locked:
            raise RuntimeError("release unlocked lock")
        if self._waiting:
            # It stays locked, for the next.
            _core.wake(self._waiting.popleft())
        else:
            self._is_locked = False

    def locked(self) -> bool:
        return self._is_locked

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def _at_fork_reinit(self) -> None:
        self.__init__()  # type: ignore[misc]


class RLock(_Unsent):
    """Takes the place of `threading.RLock`."""

    _name = "RLock"

    def __init__(self) -> None:
        self._lock = Lock()
        self._owner: Any = None
        self._count = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if self._is_owned():
            self._count += 1
            return True
        if not self._lock.acquire(blocking, timeout):
            return False
        self._owner, self._count = _me(), 1
        return True

    def release(self) -> None:
        if not self._is_owned():
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1
        if self._count == 0:
            self._owner = None
            self._lock.release()

    def locked(self) -> bool:
        return self._lock.locked()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    # What `threading.Condition` asks of a lock.

    def _is_owned(self) -> bool:
        return self._owner is not None and self._owner is _me()

    def _release_save(self) -> int:
        count, self._count = self._count, 1
        self.release()
        return count

    def _acquire_restore(self, count: int) -> None:
        self.acquire()
        self._count = count

    def _at_fork_reinit(self) -> None:
        self.__init__()  # type: ignore[misc]


def install(patches: Patches) -> None:
    """Gives the locks that simulated code makes a wait in virtual time."""
    for name, virtual in (("Lock", Lock), ("_allocate_lock", Lock), ("RLock", RLock)):
        patches.either(threading, name, virtual)
    patches.either(_thread, "allocate_lock", Lock)

    # Conditions and queues count the rest of a timeout by these.
    def monotonic() -> float:
        return (clock.UPTIME + clock.reading()) / 10**9

    for module, name in ((threading, "_time"), (queue, "time")):
        patches.either(module, name, monotonic)
    simple: Any = queue._PySimpleQueue  # type: ignore[attr-defined]
    patches.either(queue, "SimpleQueue", simple)
