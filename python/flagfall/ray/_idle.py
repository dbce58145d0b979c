"""Workers without a task, and how long they stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagfall import _flagfall
from flagfall.ray import _core

if TYPE_CHECKING:
    from flagfall.ray._cluster import Pool
    from flagfall.ray._worker import Worker

#: How many nanoseconds a worker is idle at least before it is ended, and how often Ray looks.
_STAYS = 1_000_000_000
_EVERY = 200_000_000


class IdleWorkers(list["Worker"]):
    """Idle workers, the longest idle first. As in Ray, there are no more of those that have been
    idle for a second than CPUs that are free.

    Nobody looks every 200 ms, for then no run would ever be over. What somebody would have done at
    the last of those times is done at the next event.
    """

    def __init__(self) -> None:
        super().__init__()
        self._since: dict[int, int] = {}
        self._looked = 0

    def append(self, worker: Worker) -> None:
        """A worker has nothing to do."""
        super().append(worker)
        self._since[worker.number] = _core.now()

    def age(self, free: Pool) -> None:
        """Ends those that are too many: `free` is what was free until now."""
        now = _core.now()
        last = now // _EVERY * _EVERY
        if last <= self._looked:
            return
        self._looked = now
        old = [one for one in self if self._since[one.number] + _STAYS < last]
        spare = len(old) - int(free.amounts().get("CPU", 0))
        for worker in old[: max(spare, 0)]:
            self.remove(worker)
            _flagfall.kill(worker)
