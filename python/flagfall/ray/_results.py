"""What a task or method returns, as the objects that its caller gets."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Generator, Iterator
from typing import Any, NamedTuple, NoReturn

from flagfall import _flagfall
from flagfall._flagfall import Call, ObjectRef, Stored
from flagfall.ray import _core
from flagfall.ray._failures import Raised, raised
from flagfall.ray._process import question

#: `num_returns` of a generator whose values arrive one by one.
STREAMING = "streaming"


def give(call: Call, how: Any, value: Any) -> None:
    """Answers with what a function returned: one object, or as many as `num_returns` says."""
    wanted = how.num_returns
    if how.generator is not None:
        stream(call, how, value)
    elif wanted == "dynamic":
        call.give(DynamicObjectRefGenerator(_put_all(how, value)))
    elif inspect.isgenerator(value):
        _give_first(call, how, value)
    elif wanted == 1:
        call.give(value)
    elif wanted == 0:
        call.give_stored([])
    else:
        if len(value) != wanted:
            raise _mismatch(len(value), wanted)
        call.give_stored([Stored(one) for one in value])


def _mismatch(made: int, wanted: int) -> ValueError:
    return ValueError(f"Task returned {made} objects, but num_returns={wanted}.")


def _give_first(call: Call, how: Any, values: Iterator[Any]) -> None:
    """Answers with the first values of a generator. If it fails, those before are kept."""
    kept: list[Stored] = []
    failure: Any = None
    name = getattr(how, "name", call.name)
    try:
        while len(kept) < how.num_returns:
            kept.append(Stored(next(values)))
    except StopIteration:
        failure = raised(name, _mismatch(len(kept), how.num_returns))
    except Exception as error:
        failure = raised(name, error)
    if failure is None:
        call.give_stored(kept)
    elif call.extra is None:
        call.give_failure(failure)
    else:
        call.give_object((kept, failure))


def fill_first(refs: list[ObjectRef], answer: tuple[list[Stored], Any]) -> None:
    """The values of a generator that ended too early have arrived, and why it did."""
    kept, failure = answer
    for ref, stored in zip(refs, kept):
        ref.fill(stored)
    for ref in refs[len(kept) :]:
        ref.fail(failure)


def _put_all(how: Any, values: Iterator[Any]) -> list[ObjectRef]:
    """References to all values of a generator; an exception is the last of them."""
    refs: list[ObjectRef] = []
    try:
        for value in values:
            made = ObjectRef()
            made.fill(Stored(value))
            refs.append(made)
    except Exception as error:
        made = ObjectRef()
        made.fail(raised(how.name, error))
        refs.append(made)
    return refs


class StreamingGeneratorStats(NamedTuple):
    """What a generator that streams gets back from `yield`."""

    object_creation_dur_s: float


def stream(call: Call, how: Any, values: Any) -> None:
    """Sends the values of a generator to its owner, one by one, and answers at its end.

    As in Ray, each value after the first is asked for with `send`: what has no `send`, as the
    iterator of a list in a `yield from`, fails there.
    """
    if not inspect.isgenerator(values):
        raise ValueError(
            f"The function {how.name} has num_returns='streaming' but does not return a generator"
        )
    generator: Any = values
    number, given = 0, None
    while True:
        try:
            value = generator.send(given)
        except StopIteration:
            break
        send_value(how, number, value)
        number, given = number + 1, StreamingGeneratorStats(0.0)
    call.give_stored([])


def send_value(how: Any, number: int, value: object) -> None:
    """Sends one value of a generator. With a limit, it waits until there is room for the next."""
    thread, room = _core.thread(), []

    def there_is_room() -> None:
        room.append(True)
        _core.wake(thread)

    if _send_value(how, number, value, there_is_room):
        _core.wait_until(lambda: bool(room))


async def send_value_async(how: Any, number: int, value: object) -> None:
    """The same for a coroutine: others go on while it waits."""
    loop = asyncio.get_running_loop()
    room = loop.create_future()

    def there_is_room() -> None:
        loop.call_soon_threadsafe(room.set_result, None)

    if _send_value(how, number, value, there_is_room):
        await room


def _send_value(how: Any, number: int, value: object, then: Callable[[], None]) -> bool:
    """Sends a value. Returns whether its task has to wait until `then` is called."""
    stored = Stored(value)
    if how.backpressure < 0:
        _flagfall.send(how.owner, "yielded", (how.generator, number, stored))
        return False
    # Without its owner, the task is ended anyway.
    payload = (how.generator, number, how.backpressure, stored)
    question(how.owner, "yielded", payload, lambda *_: then())
    return True


class DynamicObjectRefGenerator:
    """What `num_returns="dynamic"` gives: references that can be gone through once."""

    def __init__(self, refs: list[ObjectRef]) -> None:
        self._refs = list(refs)

    def __iter__(self) -> Iterator[ObjectRef]:
        while self._refs:
            yield self._refs.pop(0)

    def __len__(self) -> int:
        return len(self._refs)


class ObjectRefGenerator:
    """References to the values of a remote generator, in their order. Each is there as soon as the
    generator has made it."""

    def __init__(self) -> None:
        self._made: list[ObjectRef] = []
        self._arrived = 0
        self._over = False
        self._waiting: list[Callable[[object], None]] = []
        self._full: list[tuple[int, Callable[[], None]]] = []
        self._done = ObjectRef()

    def add(self, number: int, stored: Stored) -> None:
        """One more value has arrived. A task that is tried again sends the first ones again."""
        if number < self._arrived or self._over:
            return
        self._arrived += 1
        ref = ObjectRef()
        ref.fill(stored)
        self._made.append(ref)
        self._tell()

    def when_room(self, limit: int, then: Callable[[], None]) -> None:
        """Does something as soon as fewer than `limit` values wait for their reader."""
        self._full.append((limit, then))
        self._look_for_room()

    def _look_for_room(self) -> None:
        full, self._full = self._full, []
        for limit, then in full:
            if len(self._made) < limit:
                then()
            else:
                self._full.append((limit, then))

    def ends(self, failure: Any) -> None:
        """No more will come. A failure is one more reference: what the generator raised is its
        last value, and what became of its task is the end itself."""
        if self._over:
            return
        self._over = True
        if isinstance(failure, Raised):
            ref = ObjectRef()
            ref.fail(failure)
            self._made.append(ref)
        elif failure is not None:
            self._done.fail(failure)
            self._made.append(self._done)
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
        """Whether the next reference is there. It is not, if no more will come."""
        return bool(self._made)

    def _ray_get(self, _: float | None) -> ObjectRefGenerator:
        """What `get` makes of it: nothing else."""
        return self

    def __iter__(self) -> ObjectRefGenerator:
        return self

    def __next__(self) -> ObjectRef:
        return self._next_sync(None)

    def _take(self) -> ObjectRef:
        ref = self._made.pop(0)
        self._look_for_room()
        return ref

    def _next_sync(self, timeout_s: float | None = None) -> ObjectRef:
        """The next reference, or the one to nothing if there is none in that many seconds."""
        if not self._ray_ready():
            thread = _core.thread()

            def wakes(_: object) -> None:
                _core.wake(thread)

            self._ray_then(wakes)
            process = _core.process()
            process.blocks()
            try:
                limit = None if timeout_s is None or timeout_s < 0 else timeout_s
                if not _core.wait_until(self._ray_ready, limit):
                    return ObjectRef.nil()
            finally:
                process.goes_on()
        if self._made:
            return self._take()
        raise StopIteration

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "You cannot return or pass a generator to other task. Serializing a "
            "ObjectRefGenerator is not allowed."
        )

    def send(self, value: object) -> NoReturn:
        """Ray has it not."""
        raise NotImplementedError("`gen.send` is not supported.")

    def throw(self, value: object) -> NoReturn:
        """Ray has it not."""
        raise NotImplementedError("`gen.throw` is not supported.")

    def close(self) -> NoReturn:
        """Ray has it not."""
        raise NotImplementedError("`gen.close` is not supported.")

    def __aiter__(self) -> ObjectRefGenerator:
        return self

    async def __anext__(self) -> ObjectRef:
        if not self._ray_ready():
            loop = asyncio.get_running_loop()
            future = loop.create_future()

            def wakes(_: object) -> None:
                loop.call_soon_threadsafe(_settle, future)

            self._ray_then(wakes)
            await future
        if self._made:
            return self._take()
        raise StopAsyncIteration


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def failed(call: Call, name: str, error: BaseException) -> None:
    """Answers with an exception."""
    call.give_failure(raised(name, error))
