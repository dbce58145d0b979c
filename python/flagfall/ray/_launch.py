"""Where runs come from: a program in a file, a function, a test."""

from __future__ import annotations

import io
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from flagfall._flagfall import TieOrder, simulate
from flagfall.ray import _world, util  # noqa: F401 (so that no import falls into a run)
from flagfall.ray._run import Run
from flagfall.ray._world import program


def of_program(
    path: Any, arguments: Sequence[str], *, live: bool, save: Any = None, **settings: Any
) -> Run:
    """The run of a program in a file. Its output is kept, if it is not `live`."""
    text = str(path)
    run = Run(program.driver_of(text, arguments, save), world=None, **settings)
    run.program = text
    run.is_live = live
    run.world = _world_of(text, run, live)
    made.append(run)
    return run


#: The last run of a program that the command made.
made: deque[Run] = deque(maxlen=1)


def exit_code(code: int, is_json: bool) -> int:
    """The exit code of a command that ran a program and ended with that code: the program's, if
    the run was one. Shows what the program has printed, if the command did not, and where it was
    if it did not come to its end."""
    run = made[0] if made else None
    if run is None or code not in (0, 1):
        return code
    if not run.is_shown:
        text = run.printed()
        sys.stdout.write("" if is_json else text)
        sys.stdout.flush()
    if code == 1 and run.left_at and not run.is_stuck:
        print("the program was at these lines:", file=sys.stderr)
        for place in run.left_at:
            print(f"  {place}", file=sys.stderr)
    if run.error is not None:
        traceback.print_exception(run.error)
    return code or dict(run.counts())["exit_code"]


@contextmanager
def _world_of(path: str, run: Run, live: bool) -> Iterator[None]:
    streams: tuple[TextIO, TextIO] = (sys.stdout, sys.stderr)
    sys.stdout = _Kept(run.printed_parts, sys.stdout if live else None)
    if not live:
        # Of many runs, each would write its own.
        sys.stderr = _Kept(run.error_parts, None)
    try:
        with program.world_of(path):
            yield
    finally:
        sys.stdout, sys.stderr = streams


class _Kept(io.TextIOBase):
    """Keeps what is printed."""

    def __init__(self, parts: list[str], live: TextIO | None) -> None:
        self._parts = parts
        self._live = live

    def write(self, text: str) -> int:
        self._parts.append(text)
        if self._live is not None:
            self._live.write(text)
        return len(text)

    def flush(self) -> None:
        if self._live is not None:
            self._live.flush()

    def isatty(self) -> bool:
        return self._live is not None and self._live.isatty()

    def writable(self) -> bool:
        return True


class Outcome:
    """What came of a run."""

    def __init__(self, result: Any, virtual_time: float, events: int, digest: str | None) -> None:
        #: What the function returned.
        self.result = result
        #: In seconds.
        self.virtual_time = virtual_time
        self.events = events
        self.digest = digest

    def __repr__(self) -> str:
        return f"<Outcome {self.result!r} after {self.virtual_time} s, {self.events} events>"


def run(
    main: Callable[[], Any],
    *,
    seed: int = 0,
    replication: int = 0,
    latency: str = "1ms",
    digest: bool = True,
    ties: str | TieOrder = "fifo",
    faults: str | None = None,
    inside: bool = False,
    **settings: Any,
) -> Outcome:
    """Runs a function as the driver of a new simulation, and returns what came of it.

    `latency` is that of each message, `ties` the order of what happens at one instant (as for
    `flagfall run`), `faults` the text of a fault plan. Further settings: `num_cpus`, `num_gpus`,
    and `startup` of worker processes, in nanoseconds.

    Raises:
        RunError: the run failed, or got stuck.
        Whatever the function raises.
    """
    world = None if inside else _world.entered()
    made = Run(main, seed=seed, replication=replication, world=world, **settings)
    if latency in ("0", "0s"):
        made.startup = 0
    nanos, events, hashed = simulate(
        made, seed, replication, latency, digest, ties, faults
    )
    if made.error is not None:
        raise made.error
    return Outcome(made.result, nanos / 1e9, events, hashed)
