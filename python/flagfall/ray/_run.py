"""One run: its settings, its processes, its end."""

from __future__ import annotations

import linecache
import sys
import types
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import greenlet

from flagfall._flagfall import kill
from flagfall.ray._cluster import Cluster, Register
from flagfall.ray._objects import Outbox
from flagfall.ray._process import Driver, Process
from flagfall.ray._world import environment, frames, garbage, interrupts, output, threads


#: At most so many threads are named when a program can never end.
_MOST_PLACES = 8


class Run:
    """A run, before and while the engine makes it."""

    def __init__(
        self,
        main: Callable[[], object],
        *,
        seed: int = 0,
        replication: int = 0,
        is_mirrored: bool = False,
        num_cpus: float = 2.0,
        num_gpus: float = 0.0,
        startup: int = 350_000_000,
        world: AbstractContextManager[Any] | None = None,
        is_session: bool = False,
    ) -> None:
        self.main = main
        self.seed = seed
        self.replication = replication
        #: Whether streams are mirrored: the run is the second of an antithetic pair.
        self.is_mirrored = is_mirrored
        self.num_cpus = num_cpus
        self.num_gpus = num_gpus
        self.startup = startup
        self.namespace = ""
        self.cluster: Any = None
        #: Whether `ray.init` was called and `ray.shutdown` was not.
        self.initialized = False
        #: Whether the driver's output shows what workers print.
        self.shows_workers = True
        #: The labels of the node.
        self.labels: dict[str, str] = {}
        #: The file of the program, if it is one.
        self.program: str | None = None
        self.result: Any = None
        #: Whether the driver came to its end.
        self.finished = False
        #: Whether it never will, because nothing can happen any more.
        self.is_stuck = False
        #: Where its threads waited when it was ended before that.
        self.left_at: list[str] = []
        self.error: BaseException | None = None
        #: Calls that wait for their arguments, by the numbers of their process and their actor.
        self.outboxes: dict[tuple[int, int], Outbox] = {}
        self.processes_made: list[Process] = []
        #: The methods of each class of actors: see `_signatures.py`.
        self.described: dict[type, Any] = {}
        self.tasks = 0
        self.actors = 0
        self.hub = greenlet.getcurrent()
        self.world = world or nullcontext()
        #: Whether code of others runs in between, as in a notebook: then signals and garbage are
        #: theirs, too.
        self.is_session = is_session
        self._held: list[Callable[[], object]] = []
        #: Whether its output was shown when it was printed.
        self.is_live = False
        self._is_entered = self._closed = False
        #: Whether its output was shown at its end.
        self.is_shown = False
        #: Where notes of this package go.
        self.notes = sys.stderr
        self.printed_parts: list[str] = []
        self.error_parts: list[str] = []
        #: The exception that ended the program, as the last lines of its traceback.
        self.uncaught: str | None = None

    def next_process(self) -> int:
        """The number of the next process."""
        return len(self.processes_made)

    def processes(self) -> list[Process]:
        """The processes with which it begins: called once, by the engine."""
        if not self.is_session:
            self._held.append(interrupts.hold())
            self._held.append(garbage.hold())
        self.world.__enter__()
        self._is_entered = True
        self.driver = Driver(self, self.main)
        return [self.driver]

    def begin(
        self, amounts: dict[str, float], namespace: str | None, variables: dict[str, str] | None
    ) -> None:
        """Starts a cluster, as `ray.init` does."""
        self.driver.namespace = namespace or f"{self.driver.number:032x}"
        self.cluster = None
        self.driver.variables = dict(variables or {})
        self.cluster = cluster = Cluster(self, amounts)
        environment.inherit(cluster, variables)
        self.driver.spawn(cluster)
        self.register = Register(self)
        self.driver.spawn(self.register)
        self.initialized = True

    def end(self) -> None:
        """Ends the cluster, as `ray.shutdown` does."""
        self.initialized = False
        for process in self.processes_made:
            if process is not self.driver and not process.is_over:
                process.is_over = True
                kill(process)

    def close(self) -> None:
        """Ends all threads, and puts the world of the interpreter back."""
        if self._closed:
            return
        self._closed = True
        if not self.finished:
            self.left_at = self.places(self.processes_made)
        try:
            with threads.quiet():
                for process in self.processes_made:
                    for one in process.greenlets:
                        _end(one)
                for process in self.processes_made:
                    output.finish(process)
                    process.forget()
                    # References that outlive the run keep their owner, but nothing of it.
                    vars(process).clear()
                self.processes_made.clear()
                self.outboxes.clear()
                self.described.clear()
        finally:
            if self._is_entered:
                self.world.__exit__(None, None, None)
            # Last of all the signals: nothing can be left half done.
            while self._held:
                self._held.pop()()

    def counts(self) -> list[tuple[str, int]]:
        """What is measured of it."""
        code = self.result if isinstance(self.result, int) else int(self.error is not None)
        return [
            ("tasks", self.tasks),
            ("actors", self.actors),
            ("finished", int(self.finished)),
            ("exit_code", code),
        ]

    def output_lines(self) -> list[str]:
        """What the program has printed."""
        return "".join(self.printed_parts).splitlines()

    def why_stuck(self, living: list[Process]) -> str:
        """Why it can never end, if nothing is scheduled any more: in one line."""
        self.is_stuck = True
        if self.driver not in living:
            return f"{self.driver.path} has died, and the program was not at its end"
        places = self.places(living) or [f"{self.driver.path} waits at the end of the program"]
        more = len(places) - _MOST_PLACES
        rest = [f"and {more} more wait"] if more > 0 else []
        return "; ".join(places[:_MOST_PLACES] + rest)

    def places(self, processes: list[Process]) -> list[str]:
        """Where the threads of those processes wait, in lines of the program."""
        lines = []
        for process in processes:
            for one in process.greenlets:
                place = None if one.dead else _place(one.gr_frame)
                if place is not None:
                    lines.append(f"{process.path} waits at {place}")
        return lines

    def printed(self) -> str:
        """What the program has printed, if it was kept back. What it wrote to standard error is
        written there."""
        self.is_shown = True
        sys.stderr.write("".join(self.error_parts))
        return "" if self.is_live else "".join(self.printed_parts)


def _place(frame: types.FrameType | None) -> str | None:
    """The line of the program at which a thread waits."""
    while frame is not None and frames.is_ours(frame):
        frame = frame.f_back
    if frame is None:
        return None
    code = frame.f_code
    text = linecache.getline(code.co_filename, frame.f_lineno).strip()
    return f"{code.co_filename}:{frame.f_lineno} in {code.co_name}: {text}"


def _end(one: greenlet.greenlet) -> None:
    """Ends a thread that waits: its blocks `finally` run, and cannot wait any more."""
    for _ in range(100):
        if one.dead or not one:
            return
        try:
            one.throw(greenlet.GreenletExit)
        except BaseException:
            # What it raises at its end has nobody to go to.
            return

