"""The lanes of an actor with several threads: one for each concurrency group, and one for all
other calls. A lane runs as many calls at once as its limit says, in their order."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from flagfall._flagfall import Call
from flagfall.ray import _core

if TYPE_CHECKING:
    from flagfall.ray._actor import Actor


class Lane:
    """Calls that wait, and the threads that run them."""

    def __init__(self, actor: Actor, limit: int) -> None:
        self._actor = actor
        self._limit = limit
        self._threads = 0
        self._idle: list[Any] = []
        self.calls: deque[Call] = deque()

    def put(self, call: Call) -> None:
        """Gives a call to a thread that is idle, or to a new one."""
        self.calls.append(call)
        if self._idle:
            _core.wake(self._idle.pop(0))
        elif self._threads < self._limit:
            self._threads += 1
            _core.start_thread(self._actor, self._work)

    def _work(self) -> None:
        thread = _core.thread()
        while not self._actor.leaving:
            if self.calls:
                self._actor.run_call(self.calls.popleft())
            elif self._actor.leaving_when_idle():
                self._actor.leaving = True
            else:
                self._idle.append(thread)
                _core.wait_until(lambda: thread not in self._idle)
        self._actor.end_when_idle()

    def take(self, number: int) -> Call | None:
        """Takes a call that waits away: the one that makes that object."""
        for call in self.calls:
            if any(ref.number == number for ref in call.references):
                self.calls.remove(call)
                return call
        return None


def lanes(actor: Actor, limit: int, groups: dict[str, int]) -> dict[str | None, Lane]:
    """The lanes of an actor, by the names of the groups; that of the other calls is `None`."""
    named: dict[str | None, Lane] = {name: Lane(actor, most) for name, most in groups.items()}
    return {None: Lane(actor, limit), **named}
