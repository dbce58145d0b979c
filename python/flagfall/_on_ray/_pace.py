"""How many rows a task is to have, from what rows have cost so far."""

from __future__ import annotations

from collections import deque

TARGET = 2.0
"""A task is to take at most so many seconds, and more than half of it."""
_MOST_FILES = 8192
_GROWTH = 32
"""A task has at most so many times the rows of the largest so far: small ones say little."""
_REMEMBERED = 32
PROBES = 8
"""So many tasks at most are run to learn what a row costs."""


class Pace:
    """The seconds of the tasks so far. Only the size of tasks depends on it, and no result."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, float]] = deque(maxlen=_REMEMBERED)
        self._largest = 0
        self._is_slow = False

    def took(self, rows: int, seconds: float) -> None:
        """A task of so many rows took so long."""
        if rows:
            self._seen.append((rows, seconds))
            self._largest = max(self._largest, rows)

    def waited(self, seconds: float) -> None:
        """The first tasks run for so long, and none is over."""
        self._is_slow = self._is_slow or seconds > TARGET

    @property
    def is_known(self) -> bool:
        """Whether it is known what a row costs, or at least that it is much."""
        return bool(self._seen) or self._is_slow

    def rows(self, total: int) -> float:
        """How many rows a task is to have, of so many in all."""
        if not self._seen:
            return 1.0
        # The largest say most, because each task has costs that do not depend on its rows; and the
        # fastest, because what a busy node takes longer is no cost of the rows.
        largest = max(rows for rows, _ in self._seen)
        told = ((rows, seconds) for rows, seconds in self._seen if 2 * rows >= largest)
        wanted = TARGET * max(rows / max(seconds, 1e-9) for rows, seconds in told)
        if self._largest * _GROWTH < wanted:
            return self._largest * _GROWTH
        return max(wanted, total / _MOST_FILES, 1.0)
