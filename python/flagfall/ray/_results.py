"""What a task or method returns, as the objects that its caller gets."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from flagfall import _flagfall
from flagfall._flagfall import Call, ObjectRef, Stored
from flagfall.ray import _core
from flagfall.ray._failures import raised

#: `num_returns` of a generator whose values arrive one by one.
STREAMING = "streaming"


def give(call: Call, how: Any, value: Any) -> None:
    """Answers with what a function returned: one object, or as many as `num_returns` says."""
    wanted = how.num_returns
    if how.generator is not None:
        for one in _stream(call, how, value):
            _flagfall.send(how.owner, "yielded", (how.generator, one))
        call.give_stored([])
    elif wanted == "dynamic":
        call.give(DynamicRefs([_put(one) for one in value]))
    elif wanted == 1:
        if inspect.isgenerator(value):
            value = next(value)
        call.give(value)
    elif wanted == 0:
        call.give_stored([])
    else:
        values = list(value) if not isinstance(value, (str, bytes)) else [value]
        if len(values) != wanted:
            raise ValueError(
                f"Task returned {len(values)} objects, but num_returns={wanted}."
            )
        call.give_stored([Stored(one) for one in values])


def _put(value: object) -> ObjectRef:
    made = ObjectRef()
    made.fill(Stored(value))
    return made


def _stream(call: Call, how: Any, value: Any) -> Iterator[Stored]:
    if not hasattr(value, "__iter__"):
        raise ValueError(
            f"The function {how.name} has num_returns='streaming' but does not return a generator"
        )
    for one in value:
        yield Stored(one)


class DynamicRefs:
    """What `num_returns="dynamic"` gives: references that can be gone through."""

    def __init__(self, refs: list[ObjectRef]) -> None:
        self._refs = refs

    def __iter__(self) -> Iterator[ObjectRef]:
        return iter(self._refs)

    def __len__(self) -> int:
        return len(self._refs)

    def __next__(self) -> ObjectRef:
        if not self._refs:
            raise StopIteration
        return self._refs.pop(0)


class ObjectRefGenerator:
    """References to the values of a remote generator, in their order. Each is there as soon as the
    generator has made it."""

    def __init__(self) -> None:
        self._made: list[ObjectRef] = []
        self._over = False
        self._failure: Any = None
        self._waiting: list[Callable[[object], None]] = []
        self._done = ObjectRef()

    def add(self, stored: Stored) -> None:
        """One more value has arrived."""
        ref = ObjectRef()
        ref.fill(stored)
        self._made.append(ref)
        self._tell()

    def ends(self, failure: Any) -> None:
        """No more will come; a failure is one more reference."""
        if failure is not None and not self._over:
            ref = ObjectRef()
            ref.fail(failure)
            self._made.append(ref)
            self._done.fail(failure)
        self._over = True
        if not self._done.ready:
            self._done.fill(Stored(None))
        self._tell()

    def _tell(self) -> None:
        waiting, self._waiting = self._waiting, []
        for wake in waiting:
            wake(self)

    def _ray_ready(self) -> bool:
        return bool(self._made) or self._over

    def _ray_then(self, wake: Callable[[object], None]) -> None:
        self._waiting.append(wake)

    def completed(self) -> ObjectRef:
        """A reference that is there when the generator is over."""
        return self._done

    def is_finished(self) -> bool:
        """Whether all references were taken, and no more will come."""
        return self._over and not self._made

    def next_ready(self) -> bool:
        """Whether the next reference is there."""
        return self._ray_ready()

    def __iter__(self) -> ObjectRefGenerator:
        return self

    def __next__(self) -> ObjectRef:
        return self._next_sync(None)

    def _next_sync(self, timeout_s: float | None = None) -> ObjectRef:
        if not self._ray_ready():
            thread = _core.thread()

            def wakes(_: object) -> None:
                _core.wake(thread)

            self._ray_then(wakes)
            process = _core.process()
            process.blocks()
            _core.wait_until(self._ray_ready, timeout_s)
            process.goes_on()
        if self._made:
            return self._made.pop(0)
        raise StopIteration

    def __aiter__(self) -> ObjectRefGenerator:
        return self

    async def __anext__(self) -> ObjectRef:
        import asyncio

        if not self._ray_ready():
            loop = asyncio.get_running_loop()
            future = loop.create_future()

            def wakes(_: object) -> None:
                loop.call_soon_threadsafe(lambda: future.done() or future.set_result(None))

            self._ray_then(wakes)
            await future
        if self._made:
            return self._made.pop(0)
        raise StopAsyncIteration


def failed(call: Call, name: str, error: BaseException) -> None:
    """Answers with an exception."""
    call.give_failure(raised(name, error))
