"""`ray.util.ActorPool`: hands jobs to actors that are free."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flagfall.ray._objects import get, wait
from flagfall.ray._supported import absent
from flagfall.ray.exceptions import ActorDiedError

Job = Callable[[Any, Any], Any]

_LATE = "Timed out waiting for result"


class ActorPool:
    """Actors that do jobs: each one job at a time, others wait.

    An actor gets its next job when somebody takes the result of the one before it.
    """

    def __init__(self, actors: Iterable[Any]) -> None:
        self._idle = list(actors)
        #: Which job a result belongs to, and who does it.
        self._working: dict[Any, tuple[int, Any]] = {}
        self._results: dict[int, Any] = {}
        self._submitted = 0
        self._taken = 0
        self._waiting: list[tuple[Job, Any]] = []

    def map(self, fn: Job, values: Iterable[Any]) -> Iterator[Any]:
        """The results of `fn(actor, value)` for all values, in their order."""
        # What nobody took before is given up.
        while self.has_next():
            try:
                self.get_next(timeout=0, ignore_if_timedout=True)
            except TimeoutError:
                pass
        return self._map(fn, values, self.get_next)

    def map_unordered(self, fn: Job, values: Iterable[Any]) -> Iterator[Any]:
        """The results, as they come."""
        # Here, it waits for what nobody took before.
        while self.has_next():
            self.get_next_unordered()
        return self._map(fn, values, self.get_next_unordered)

    def _map(self, fn: Job, values: Iterable[Any], take: Callable[[], Any]) -> Iterator[Any]:
        for value in values:
            self.submit(fn, value)

        def results() -> Iterator[Any]:
            while self.has_next():
                yield take()

        return results()

    def submit(self, fn: Job, value: Any) -> None:
        """Lets a free actor do a job, or as soon as one is free."""
        if not self._idle:
            self._waiting.append((fn, value))
            return
        actor = self._idle.pop()
        result = fn(actor, value)
        self._working[tuple(result) if isinstance(result, list) else result] = (
            self._submitted, actor,
        )  # fmt: skip
        self._results[self._submitted] = result
        self._submitted += 1

    def has_next(self) -> bool:
        """Whether there are results to take."""
        return bool(self._working)

    def get_next(self, timeout: float | None = None, ignore_if_timedout: bool = False) -> Any:
        """The next result, in the order of the jobs.

        Raises:
            StopIteration: there is none.
            TimeoutError: it was not there in that time.
        """
        if not self.has_next():
            raise StopIteration("No more results to get")
        if self._taken >= self._submitted:
            raise ValueError("It is not allowed to call get_next() after get_next_unordered().")
        result = self._results[self._taken]
        is_late = False
        if timeout is not None:
            ready, _ = wait([result], timeout=timeout)
            is_late = not ready
            if is_late and not ignore_if_timedout:
                raise TimeoutError(_LATE)
        del self._results[self._taken]
        self._taken += 1
        _, actor = self._working.pop(tuple(result) if isinstance(result, list) else result)
        return self._given(result, actor, is_late)

    def get_next_unordered(
        self, timeout: float | None = None, ignore_if_timedout: bool = False
    ) -> Any:
        """The next result that is there.

        Raises:
            StopIteration: there is none.
            TimeoutError: none was there in that time.
        """
        if not self.has_next():
            raise StopIteration("No more results to get")
        ready, others = wait(list(self._working), num_returns=1, timeout=timeout)
        is_late = not ready
        if is_late and not ignore_if_timedout:
            raise TimeoutError(_LATE)
        result = (ready or others)[0]
        number, actor = self._working.pop(result)
        del self._results[number]
        self._taken = max(self._taken, number + 1)
        return self._given(result, actor, is_late)

    def _given(self, result: Any, actor: Any, is_late: bool) -> Any:
        if is_late:
            self._is_free(actor)
            raise TimeoutError(f"{_LATE}. The task {result} has been ignored.")
        lives = True
        try:
            return get(result)
        except ActorDiedError:
            lives = False
            raise
        finally:
            self._is_free(actor, lives)

    def _is_free(self, actor: Any, lives: bool = True) -> None:
        # A dead actor gets no more jobs.
        if lives:
            self._idle.append(actor)
        if self._waiting and self._idle:
            self.submit(*self._waiting.pop(0))

    def has_free(self) -> bool:
        """Whether an actor has nothing to do."""
        return bool(self._idle) and not self._waiting

    def pop_idle(self) -> Any:
        """Takes a free actor out of the pool; `None` if there is none."""
        return self._idle.pop() if self.has_free() else None

    def push(self, actor: Any) -> None:
        """Puts an actor into the pool."""
        if actor in self._idle or any(actor == busy for _, busy in self._working.values()):
            raise ValueError("Actor already belongs to current ActorPool")
        self._is_free(actor)

__getattr__ = absent("ray.util.actor_pool")
