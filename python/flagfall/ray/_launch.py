"""Where runs come from: a program in a file, a function, a test."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from flagfall._flagfall import simulate
from flagfall.ray import _world
from flagfall.ray._run import Run
from flagfall.ray._world import program


def of_program(path: Any, arguments: Sequence[str], *, live: bool, **settings: Any) -> Run:
    """The run of a program in a file. Its output is kept, if it is not `live`."""
    text = str(path)
    run = Run(program.driver_of(text, arguments), world=None, **settings)
    run.program = text
    run.world = _world_of(text, run, live)
    return run


@contextmanager
def _world_of(path: str, run: Run, live: bool) -> Iterator[None]:
    kept = _Kept(run.printed_parts)
    streams: tuple[TextIO, TextIO] = (sys.stdout, sys.stderr)
    if not live:
        sys.stdout = kept  # type: ignore[assignment]
    try:
        with program.world_of(path):
            yield
    finally:
        sys.stdout, sys.stderr = streams


class _Kept(io.TextIOBase):
    """Keeps what is printed."""

    def __init__(self, parts: list[str]) -> None:
        self._parts = parts

    def write(self, text: str) -> int:
        self._parts.append(text)
        return len(text)

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
    inside: bool = False,
    **settings: Any,
) -> Outcome:
    """Runs a function as the driver of a new simulation, and returns what came of it.

    Raises:
        Whatever the function raises.
    """
    world = None if inside else _world.entered()
    made = Run(main, seed=seed, replication=replication, world=world, **settings)
    if latency in ("0", "0s"):
        made.startup = 0
    nanos, events, hashed = simulate(made, seed, replication, latency, digest)
    if made.error is not None:
        raise made.error
    return Outcome(made.result, nanos / 1e9, events, hashed)
