"""The event loop of asyncio in virtual time."""

from __future__ import annotations

import asyncio
import asyncio.events
import sys
import threading
import warnings
import weakref
from asyncio import tasks
from collections.abc import Callable
from typing import Any, NoReturn

from flagfall.ray import _core
from flagfall.ray._errors import NotSupported
from flagfall.ray._world._inside import here, mine
from flagfall.ray._world.clock import UPTIME
from flagfall.ray._world.patches import Patches

#: What `asyncio.sleep` has called at its end. It stands for work, as `time.sleep` does.
_SLEPT: Any = vars(asyncio.futures)["_set_result_unless_cancelled"]

_swap_current_task: Callable[[Any, Any], Any] | None = getattr(tasks, "_swap_current_task", None)


class _Selector:
    """Waits in virtual time. There is nothing to select from: no sockets, no signals."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[object]:
        if timeout is None or timeout > 0:
            # Others run meanwhile, with loops of their own in the same thread of the interpreter.
            asyncio._set_running_loop(None)
            try:
                _core.wait(timeout)
            finally:
                _runs(self._loop)
        return []

    def close(self) -> None:
        pass


class VirtualLoop(asyncio.BaseEventLoop):
    """An event loop that waits in virtual time, in the virtual thread that runs it.

    It has timers, tasks, `call_soon_threadsafe` and threads. Sockets, signals and subprocesses are
    refused.
    """

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Selector(self)
        # Timers are in floats of seconds: two that are meant for one instant differ by less.
        self._clock_resolution = 1e-8
        self._waiting: _core.Thread | None = None

    def time(self) -> float:
        return (UPTIME + _core.now()) / 10**9

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Any, *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        if callback is _SLEPT:
            usual = _core.nanos(delay)
            slowed = _core.slowed(usual)
            delay = delay if slowed == usual else slowed / 1e9
        return super().call_later(delay, callback, *args, context=context)

    def run_forever(self) -> None:
        self._check_closed()  # type: ignore[attr-defined]
        self._check_running()  # type: ignore[attr-defined]
        self._thread_id = threading.get_ident()
        self._waiting = _core.thread()
        _runs(self)
        try:
            while True:
                self._run_once()  # type: ignore[attr-defined]
                if self._stopping:  # type: ignore[has-type]
                    break
        finally:
            self._stopping = False
            self._thread_id = None  # type: ignore[assignment]
            self._waiting = None
            asyncio._set_running_loop(None)

    def close(self) -> None:
        if not self.is_closed():
            super().close()
            self._selector.close()

    def _process_events(self, event_list: list[object]) -> None:
        pass

    def _write_to_self(self) -> None:
        # Also the engine's own code may ask for it, which is no thread.
        if self._waiting is not None:
            _core.wake(self._waiting)

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        if executor is not None:
            return asyncio.wrap_future(executor.submit(func, *args), loop=self)
        made: asyncio.Future[Any] = self.create_future()

        def settle(result: Any, error: BaseException | None) -> None:
            if made.done():
                return
            if error is None:
                made.set_result(result)
            else:
                made.set_exception(error)

        def body() -> None:
            try:
                result, error = func(*args), None
            except Exception as raised:
                result, error = None, raised
            if not self.is_closed():
                self.call_soon_threadsafe(settle, result, error)

        # A thread of the same process, in virtual time.
        _core.start_thread(_core.process(), body)
        return made

    def add_signal_handler(self, sig: int, callback: Any, *args: Any) -> NoReturn:  # type: ignore[override]
        raise _no("add_signal_handler", "signals come from outside the simulation")

    def remove_signal_handler(self, sig: int) -> bool:
        return False


def _no(name: str, why: str) -> NotSupported:
    return NotSupported(
        f"asyncio's {name} is not supported: {why}. Use timers, queues and calls of Ray"
    )


def _refuse(name: str) -> None:
    def refused(self: VirtualLoop, *args: Any, **kwargs: Any) -> NoReturn:
        raise _no(name, "it would wait in real time")

    refused.__name__ = name
    setattr(VirtualLoop, name, refused)


for _name in (
    "add_reader", "remove_reader", "add_writer", "remove_writer", "sock_recv", "sock_recv_into",
    "sock_recvfrom", "sock_sendall", "sock_sendto", "sock_connect", "sock_accept", "sock_sendfile",
    "create_connection", "create_server", "create_datagram_endpoint", "create_unix_connection",
    "create_unix_server", "connect_accepted_socket", "connect_read_pipe", "connect_write_pipe",
    "subprocess_exec", "subprocess_shell", "getaddrinfo", "getnameinfo", "start_tls", "sendfile",
):  # fmt: skip
    _refuse(_name)


_hooked: weakref.ref[Any] | None = None
"""The loop that asynchronous generators are told of."""


def _runs(loop: Any) -> None:
    """Makes it the running loop. The interpreter has one for each of its threads, and so it has
    one pair of hooks for asynchronous generators."""
    global _hooked
    asyncio._set_running_loop(loop)
    if _hooked is None or _hooked() is not loop:
        _hooked = weakref.ref(loop)
        sys.set_asyncgen_hooks(loop._asyncgen_firstiter_hook, loop._asyncgen_finalizer_hook)


def suspended() -> tuple[Any, Any] | None:
    """Takes note of the loop that runs, for code that blocks in the middle of a coroutine: other
    code must not see it. Give it to `resumed` afterwards."""
    loop = asyncio._get_running_loop()
    if loop is None:
        return None
    # Before Python 3.12 each loop has its own current task anyway.
    task = None if _swap_current_task is None else _swap_current_task(loop, None)
    asyncio._set_running_loop(None)
    return loop, task


def resumed(kept: tuple[Any, Any] | None) -> None:
    """Puts the loop back that ran before the code blocked."""
    if kept is not None:
        loop, task = kept
        _runs(loop)
        if _swap_current_task is not None:
            _swap_current_task(loop, task)


_Base: Any
with warnings.catch_warnings():
    # Python 3.14 calls policies outdated, and has no other way to say which loop is made.
    warnings.simplefilter("ignore", DeprecationWarning)
    _Base = getattr(asyncio.events, "_AbstractEventLoopPolicy", None) or asyncio.AbstractEventLoopPolicy


class _Policy(_Base):  # type: ignore[misc]
    """Which loop asyncio takes: each virtual thread has its own, and code outside the real one."""

    def __init__(self, real: Any) -> None:
        self._real = real

    @staticmethod
    def _loops(process: _core.Process) -> dict[Any, Any]:
        return mine(process, "loops", lambda _: {})

    def get_event_loop(self) -> Any:
        process = here()
        if process is None:
            return self._real.get_event_loop()
        loops, thread = self._loops(process), _core.thread()
        if thread not in loops:
            if sys.version_info >= (3, 14):
                raise RuntimeError("There is no current event loop in thread 'MainThread'.")
            loops[thread] = VirtualLoop()
        if loops[thread] is None:
            raise RuntimeError("There is no current event loop in thread 'MainThread'.")
        return loops[thread]

    def set_event_loop(self, loop: Any) -> None:
        process = here()
        if process is None:
            self._real.set_event_loop(loop)
        else:
            self._loops(process)[_core.thread()] = loop

    def new_event_loop(self) -> Any:
        return self._real.new_event_loop() if here() is None else VirtualLoop()

    def get_child_watcher(self) -> Any:
        return self._real.get_child_watcher()

    def set_child_watcher(self, watcher: Any) -> None:
        self._real.set_child_watcher(watcher)


def install(patches: Patches) -> None:
    """Gives simulated code event loops in virtual time."""
    put: Any = getattr(asyncio.events, "_set_event_loop_policy", None)
    get: Any = getattr(asyncio.events, "_get_event_loop_policy", None)
    put, get = put or asyncio.set_event_loop_policy, get or asyncio.get_event_loop_policy
    real = get()
    patches.later(lambda: put(real))
    put(_Policy(real))
    hooks = sys.get_asyncgen_hooks()

    def unhook() -> None:
        global _hooked
        _hooked = None
        sys.set_asyncgen_hooks(*hooks)

    patches.later(unhook)
