"""Threads that a program starts itself: virtual threads of its virtual process.

`threading.Thread`, `ThreadPoolExecutor`, `Timer` and `_thread.start_new_thread` work as in Python.
A thread runs until it waits (it sleeps, gets a reference, takes a lock, joins another one); then
the next one runs. So computing takes no virtual time, threads never interrupt each other between
two waits, and the same seed gives the same order.
"""

from __future__ import annotations

import _thread
import concurrent.futures
import concurrent.futures.thread
import itertools
import logging
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import greenlet

from flagfall.ray import _core
from flagfall.ray._world import frames
from flagfall.ray._world._inside import either, here, mine
from flagfall.ray._world.output import pid
from flagfall.ray._world.patches import Patches

_real_current = threading.current_thread


class _Threads:
    """The threads of one process."""

    def __init__(self, process: _core.Process) -> None:
        self.first = pid(process)
        #: Those that the program started and that have not ended, in their order.
        self.alive: dict[_core.Thread, threading.Thread] = {}
        self.idents: dict[_core.Thread, int] = {}
        self.names = itertools.count(1)
        self.pools = itertools.count()

    def ident(self, thread: _core.Thread) -> int:
        """The number of a thread: of the first that asks, that of the process, as on Linux."""
        return self.idents.setdefault(thread, self.first + 1_000_000 * len(self.idents))


def _mine() -> _Threads:
    process = here()
    assert process is not None
    return mine(process, "threads", _Threads)


def _current() -> threading.Thread:
    try:
        thread = _core.thread()
    except RuntimeError:
        # The package's own code runs in no thread.
        return threading.main_thread()
    return _mine().alive.get(thread, threading.main_thread())


def _ident() -> int:
    try:
        return _mine().ident(_core.thread())
    except RuntimeError:
        return _mine().first


class _Course:
    """How far a started thread is."""

    def __init__(self) -> None:
        self.is_over = False
        self.joining: list[_core.Thread] = []

    def end(self) -> None:
        """It is over: those who join it go on."""
        self.is_over = True
        for thread in self.joining:
            _core.wake(thread)


def _start(self: threading.Thread) -> None:
    if not vars(self).get("_initialized"):
        raise RuntimeError("thread.__init__() not called")
    if "_course" in vars(self):
        raise RuntimeError("threads can only be started once")
    this: Any = self
    this._course = course = _Course()
    process, threads = _core.process(), _mine()

    def body() -> None:
        thread = _core.thread()
        try:
            self.run()
        except SystemExit:
            # It ends the thread alone.
            pass
        except greenlet.GreenletExit:
            raise
        except BaseException as error:
            frames.strip(error)
            given = (type(error), error, error.__traceback__, self)
            threading.excepthook(threading.ExceptHookArgs(given))
        finally:
            threads.alive.pop(thread, None)
            this._is_stopped = True
            course.end()

    started = _core.start_thread(process, body)
    threads.alive[started] = self
    this._ident = this._native_id = threads.ident(started)
    this._started.set()


def _join(self: threading.Thread, timeout: float | None = None) -> None:
    course: _Course | None = vars(self).get("_course")
    if self is _current():
        raise RuntimeError("cannot join current thread")
    if course is None:
        raise RuntimeError("cannot join thread before it is started")
    if not course.is_over:
        course.joining.append(_core.thread())
        _core.wait_until(lambda: course.is_over, None if timeout is None else max(timeout, 0))


def _is_alive(self: threading.Thread) -> bool:
    course: _Course | None = vars(self).get("_course")
    if course is None:
        return self is threading.main_thread()
    return not course.is_over


def _start_new_thread(
    function: Callable[..., object], args: tuple[Any, ...], kwargs: dict[str, Any] | None = None, /
) -> int:
    made = threading.Thread(target=function, args=args, kwargs=kwargs, daemon=True)
    made.start()
    assert made.ident is not None
    return made.ident


def _enumerate() -> list[threading.Thread]:
    return [threading.main_thread(), *_mine().alive.values()]


class Local:
    """Takes the place of `threading.local`: attributes that each thread has for itself."""

    __slots__ = ("__dict__", "_own")

    def __new__(cls, /, *args: Any, **kwargs: Any) -> Local:
        if (args or kwargs) and cls.__init__ is object.__init__:
            # Python's own words, which programs may look for.
            raise TypeError("Initialization arguments are not supported")
        made = object.__new__(cls)
        own = {_key(): object.__getattribute__(made, "__dict__")}
        object.__setattr__(made, "_own", (weakref.WeakKeyDictionary(own), args, kwargs))
        return made

    def __getattribute__(self, name: str) -> Any:
        _of_thread(self)
        return object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        _of_thread(self)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        _of_thread(self)
        object.__delattr__(self, name)

    def __reduce__(self) -> NoReturn:
        raise TypeError("cannot pickle '_thread._local' object")


def _key() -> Any:
    try:
        return _real_current() if here() is None else _core.thread()
    except RuntimeError:
        return threading.main_thread()


def _of_thread(local: Local) -> None:
    """Gives it the attributes that it has in this thread."""
    dicts, args, kwargs = object.__getattribute__(local, "_own")
    key = _key()
    found = dicts.get(key)
    if found is None:
        found = dicts[key] = {}
        object.__setattr__(local, "__dict__", found)
        type(local).__init__(local, *args, **kwargs)
    else:
        object.__setattr__(local, "__dict__", found)


def join_all() -> None:
    """Waits for what a program has not joined when it ends, as Python does: threads that are no
    daemons, and the jobs of pools."""
    queues: Any = vars(concurrent.futures.thread)["_threads_queues"]
    threads = _mine()
    for thread in list(threads.alive.values()):
        if thread in queues:
            executor = vars(thread)["_args"][0]()
            if executor is not None:
                executor.shutdown(wait=False)
    while waited_for := [one for one in threads.alive.values() if not one.daemon]:
        waited_for[0].join()


@contextmanager
def quiet() -> Iterator[None]:
    """While the threads of a run are ended, pools do not say that theirs are."""
    logger = logging.getLogger("concurrent.futures")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def install(patches: Patches) -> None:
    """Makes the threads that simulated code starts virtual ones."""
    thread = threading.Thread
    for name, virtual in (("start", _start), ("join", _join), ("is_alive", _is_alive)):
        patches.either(thread, name, virtual)
    for name in ("start_new_thread", "start_new"):
        patches.either(_thread, name, _start_new_thread)
    patches.either(threading, "current_thread", _current)
    patches.either(threading, "enumerate", _enumerate)
    patches.either(threading, "active_count", lambda: len(_enumerate()))
    for owner in (threading, _thread):
        patches.either(owner, "get_ident", _ident)
        patches.either(owner, "get_native_id", _ident)
    patches.replace(threading, "local", Local)
    # Names count from one in each process.
    patches.either(threading, "_counter", lambda: next(_mine().names))
    pool: Any = concurrent.futures.ThreadPoolExecutor
    counter = either(pool._counter, lambda: next(_mine().pools))
    patches.replace(pool, "_counter", staticmethod(counter))
    # Python waits for these at its end.
    module = concurrent.futures.thread
    patches.replace(module, "_threads_queues", weakref.WeakKeyDictionary())
