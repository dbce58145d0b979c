"""Which parts of a study are still to be run: pieces that are cut as small as a task is to be."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

MOST = 1_000_000
"""The most parts that a study can have."""
_MOST_ROOTS = 4096


class Part(NamedTuple):
    """Part `number` of `of`, from 1: the shard `number/of` of the command."""

    of: int
    number: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @classmethod
    def read(cls, text: str) -> Part:
        number, of = text.split("/")
        return cls(int(of), int(number))

    def halves(self) -> tuple[Part, Part]:
        return Part(2 * self.of, self.number), Part(2 * self.of, self.number + self.of)

    def meets(self, other: Part) -> bool:
        """Whether they can have replications in common."""
        return (self.number - other.number) % math.gcd(self.of, other.of) == 0

    def is_in(self, other: Part) -> bool:
        return self.of % other.of == 0 and self.meets(other)


def missing(done: Iterable[Part]) -> list[Part]:
    """Parts that have nothing in common with those that are done, and are all the rest: as large as
    possible."""
    roots, known = 1, set()
    for part in set(done):
        # Whatever the number of the parts is, halves of these come to fit it.
        common = math.lcm(roots, part.of // (part.of & -part.of))
        if common <= _MOST_ROOTS:
            # Others count as missing. Rows that are there twice count once.
            roots = common
            known.add(part)
    found: list[Part] = []
    pairs = [(Part(roots, number), known) for number in range(1, roots + 1)]
    while pairs:
        part, beside = pairs.pop()
        met = {other for other in beside if part.meets(other)}
        if any(part.is_in(other) for other in met):
            continue
        if not met or 2 * part.of > MOST:
            found.append(part)
        else:
            pairs += [(half, met) for half in part.halves()]
    return sorted(found)


class Pieces:
    """The parts of `rows` rows that nobody runs yet."""

    def __init__(self, parts: Iterable[Part], rows: int) -> None:
        self._rows = rows
        self._by_size: dict[int, list[Part]] = {}
        for part in parts:
            self.give_back(part)

    def __bool__(self) -> bool:
        return bool(self._by_size)

    @property
    def rows(self) -> float:
        """How many rows are in all of them together."""
        return math.fsum(len(parts) * self._rows / of for of, parts in self._by_size.items())

    def take(self, most: float) -> Part:
        """A piece of at most so many rows: more than half of it, if there is one that large. The
        smallest such piece is cut, so that few small ones are left."""
        large = [of for of in self._by_size if 2 * self._rows > most * of]
        of = max(large) if large else min(self._by_size)
        part = self._by_size[of].pop()
        if not self._by_size[of]:
            del self._by_size[of]
        while self._rows > most * part.of and 2 * part.of <= MOST:
            part, other = part.halves()
            self.give_back(other)
        return part

    def give_back(self, part: Part) -> None:
        """A piece is to be run by somebody."""
        self._by_size.setdefault(part.of, []).append(part)
