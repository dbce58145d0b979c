"""`%load_ext flagfall.ray`: the cells of a live kernel run in virtual time.

There is one simulation for a kernel. Each cell is code of its driver, and runs until it is over;
what it has started goes on when the next cell waits. Between cells no virtual time passes.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import greenlet

from flagfall._errors import FlagfallError
from flagfall.ray import _core, _world
from flagfall.ray._world import _inside
from flagfall.ray._world import loop as loops

Job = Callable[[], Any]


class Session:
    """A simulation that goes on cell by cell."""

    def __init__(self, **options: Any) -> None:
        self._options = options
        self._engine: greenlet.greenlet | None = None
        self._driver: greenlet.greenlet | None = None
        self._outside: greenlet.greenlet | None = None

    def run(self, job: Job) -> Any:
        """Runs code in the driver, and returns what it returns or raises what it raises.

        Raises:
            RunError: the run reached a limit, or got stuck; the next call begins a new one.
        """
        if self._outside is not None:
            raise FlagfallError("a cell runs already: wait for its end")
        # A kernel has a loop of its own, which the code in the cell must not see.
        kept, self._outside = loops.suspended(), greenlet.getcurrent()
        try:
            if self._driver is None:
                self._engine = greenlet.greenlet(self._simulate)
                self._engine.switch()
            assert self._driver is not None
            done = self._driver.switch(job)
        except BaseException:
            self._engine = self._driver = None
            raise
        finally:
            self._outside = None
            loops.resumed(kept)
        result, error = done
        if error is not None:
            raise error
        return result

    def close(self) -> None:
        """Ends the simulation."""
        driver, self._driver = self._driver, None
        if driver is not None:
            self._outside = greenlet.getcurrent()
            try:
                driver.switch(None)
            finally:
                self._outside = None

    def _simulate(self) -> None:
        before = _inside.pause(False)
        try:
            _core.run(self._serve, is_session=True, **self._options)
        finally:
            _inside.pause(before)

    def _serve(self) -> None:
        """The driver: takes the code of one cell after another."""
        self._driver = greenlet.getcurrent()
        done: Any = None
        while True:
            assert self._outside is not None
            _inside.pause(True)
            job = self._outside.switch(done)
            _inside.pause(False)
            if job is None:
                return
            try:
                done = job(), None
            except (Exception, KeyboardInterrupt, SystemExit) as error:
                done = None, error


def _finished(code: Coroutine[Any, Any, Any], is_async: bool) -> Any:
    """Runs a coroutine of IPython to its end."""
    if is_async:
        made = loops.VirtualLoop()
        try:
            return made.run_until_complete(code)
        finally:
            made.close()
    try:
        code.send(None)
    except StopIteration as end:
        return end.value
    raise FlagfallError("a cell waits for what is outside of the simulation")


_sessions: dict[int, tuple[Any, Session, Any]] = {}
"""The sessions of shells, by their address, with the shell and its own function for code."""


def load_ipython_extension(shell: Any) -> None:
    """Lets the cells of a shell run in virtual time from now on."""
    if id(shell) in _sessions:
        return
    _world.enter()
    session, real = Session(), shell.run_code

    async def run_code(code: Any, result: Any = None, *, async_: bool = False) -> Any:
        return session.run(lambda: _finished(real(code, result, async_=async_), async_))

    shell.run_code = run_code
    _sessions[id(shell)] = shell, session, real


def unload_ipython_extension(shell: Any) -> None:
    """Lets the cells run in real time again, and ends the simulation."""
    found = _sessions.pop(id(shell), None)
    if found is not None:
        _, session, real = found
        shell.run_code = real
        session.close()
        _world.leave()
