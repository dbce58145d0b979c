"""The world around a simulated program: its clock, its randomness, its files, its fence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flagfall.ray._world import (
    afresh, clock, environment, exits, fence, files, garbage, imports, library, locks, loop, output,
    randomness, threads,
)  # fmt: skip
from flagfall.ray._world.patches import Patches

_PARTS = (
    clock, loop, randomness, library, environment, locks, threads, fence, exits, imports, output, afresh,
    files, garbage,
)  # fmt: skip
_patches = Patches()
_depth = 0


def enter() -> None:
    """Makes the interpreter's clock, randomness and so on those of the simulation, wherever
    simulated code asks. Other code has the real ones. Each call needs a call of `leave`."""
    global _depth
    if _depth == 0:
        try:
            for part in _PARTS:
                part.install(_patches)
        except BaseException:
            _patches.restore()
            raise
    _depth += 1


def leave() -> None:
    """Puts everything back, if nobody else is inside."""
    global _depth
    _depth -= 1
    if _depth == 0:
        _patches.restore()


@contextmanager
def entered() -> Iterator[Patches]:
    """`enter`, and `leave` at the end."""
    enter()
    try:
        yield _patches
    finally:
        leave()
