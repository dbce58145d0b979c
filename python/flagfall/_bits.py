"""Streams as numpy's source of randomness. Only imported where numpy is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy.random

from flagfall import _flagfall
from flagfall._errors import refused


class BitGenerator(numpy.random.BitGenerator):
    """A stream as a source of randomness for numpy. `Stream.bit_generator` makes it.

    `random_raw` and full 64-bit words are the stream's. It has no children to spawn: open a
    stream with another purpose instead.
    """

    def __init__(self, drawn: _flagfall.Drawn, /) -> None:
        # Without a seed, numpy would ask the operating system for one.
        super().__init__(0)
        self._source = _flagfall.Bits(drawn)
        self._source.fill(self.capsule)

    @property
    def state(self) -> Mapping[str, Any]:
        """Where the stream is, as a dictionary that can be set again."""
        with self.lock:
            return {"bit_generator": "flagfall", "state": self._source.state()}

    @state.setter
    def state(self, value: Any) -> None:
        if not isinstance(value, dict) or value.get("bit_generator") != "flagfall":
            raise refused("state", "is of no stream: give what `state` was before")
        if not isinstance(value.get("state"), str):
            raise refused("state", "is of no stream: give what `state` was before")
        with self.lock:
            self._source.set_state(value["state"])

    def spawn(self, n_children: int) -> Any:
        """Refused: a stream is named, and has no children.

        Raises:
            TypeError: always.
        """
        raise _childless()

    @property
    def seed_seq(self) -> Any:
        """Refused: it would give the same children to all streams.

        Raises:
            TypeError: always.
        """
        raise _childless()

    # Its name in numpy before 1.25. Some packages still use it.
    _seed_seq = seed_seq

    def __reduce__(self) -> tuple[Any, ...]:
        return _of_state, (self.state["state"],)


def _childless() -> TypeError:
    return TypeError("a stream has no children: open others, each with a purpose of its own")


def _of_state(state: str) -> BitGenerator:
    return BitGenerator(_flagfall.Drawn.of_state(state))
