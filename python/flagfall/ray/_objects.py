"""Objects: `get`, `put`, `wait`, and what arguments become on their way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flagfall import _flagfall
from flagfall._flagfall import ObjectRef, Stored
from flagfall.ray import _core, _supported, exceptions
from flagfall.ray._failures import Failure, opened
from flagfall.ray._process import question
from flagfall.ray._serialization import refused_by_pickle


def put(value: object, *, _owner: Any = None, _tensor_transport: str | None = None) -> ObjectRef:
    """Keeps a snapshot of a value, and returns a reference to it."""
    if _owner is not None or _tensor_transport is not None:
        _supported.check("ray.put", {"_owner": _owner, "_tensor_transport": _tensor_transport})
    if isinstance(value, ObjectRef):
        raise TypeError(
            "Calling 'put' on an ray.ObjectRef is not allowed. If you really want to do this, you "
            "can wrap the ray.ObjectRef in a list and call 'put' on it."
        )
    try:
        stored = Stored(value)
    except TypeError as error:
        head = f"Could not serialize the put value {value!r}"
        raise refused_by_pickle(head, value, error) from error
    made = ObjectRef()
    made.fill(stored)
    return made


def fetch(ref: ObjectRef) -> None:
    """Asks the owner for the value of a borrowed reference, unless it is here."""
    if ref.ready or not ref.is_borrowed:
        return

    def arrived(kind: str, payload: Any) -> None:
        if kind == "values":
            ref.fill(payload[0])
        elif kind == "failed":
            ref.fail(payload)
        else:
            ref.fail(Failure(exceptions.OwnerDiedError, ref.hex()))

    question(ref.owner, "object", ref.origin, arrived)


def get(refs: Any, *, timeout: float | None = None, _use_object_store: bool = False) -> Any:
    """The value of a reference, or the list of values of a list of references. Waits for them.

    Raises:
        GetTimeoutError: they were not there in `timeout` seconds.
        RayError: an object has no value, for that reason.
    """
    if type(refs) is ObjectRef:
        if not refs.ready:
            await_refs([refs], timeout)
        return _values([refs])[0]
    resolve = getattr(refs, "_ray_get", None)
    if resolve is not None:
        return resolve(timeout)
    if isinstance(refs, ObjectRef):
        return get([refs], timeout=timeout)[0]
    if not isinstance(refs, list):
        raise ValueError(
            f"Invalid type of object refs, {type(refs)}, is given. 'object_refs' must either be an "
            "ObjectRef or a list of ObjectRefs. "
        )
    for ref in refs:
        if not isinstance(ref, ObjectRef):
            raise TypeError(
                f"Attempting to call `get` on the value {ref}, which is not an ray.ObjectRef."
            )
    if not all(ref.ready for ref in refs):
        await_refs(refs, timeout)
    return _values(refs)


def _values(refs: list[ObjectRef]) -> list[Any]:
    """The values of references that are all there, or of which one has failed."""
    values = _flagfall.taken(refs)
    if values is not None:
        return values
    for ref in refs:
        failure = ref.failure
        if failure is not None:
            raise failure.exception()
    return [_opened(ref) for ref in refs]


def _opened(ref: ObjectRef) -> Any:
    """The value. One that is an exception of Ray is raised, as if there were no value."""
    value = opened(ref.take)
    if isinstance(value, exceptions.RayTaskError):
        raise value.as_instanceof_cause()
    if isinstance(value, exceptions.RayError):
        raise value
    return value


def await_refs(refs: Sequence[ObjectRef], timeout: float | None) -> None:
    """Waits until all those objects are there, or one has failed."""
    process = _core.process()
    if timeout is not None and timeout < 0 and timeout != -1:
        raise ValueError("timeout must be >= 0")
    for ref in refs:
        if ref.is_borrowed:
            fetch(ref)
    if timeout == -1:
        timeout = None
    process.blocks()
    try:
        # Each wake may have come from somebody else: look again.
        if not _core.wait_until(lambda: not _flagfall.await_all(list(refs)), timeout):
            raise exceptions.GetTimeoutError(
                "Get timed out: some object(s) not ready."
            )
    finally:
        process.goes_on()


def wait(
    ray_waitables: list[ObjectRef],
    *,
    num_returns: int = 1,
    timeout: float | None = None,
    fetch_local: bool = True,
) -> tuple[list[ObjectRef], list[ObjectRef]]:
    """Waits until that many of the objects are there, or the time has passed.

    Returns:
        The first of those that are there, and the others, both in the order of the list.
    """
    refs = ray_waitables
    if isinstance(refs, ObjectRef):
        raise TypeError("wait() expected a list of ray.ObjectRef or ray.ObjectRefGenerator, got a single ray.ObjectRef")
    if not isinstance(refs, list):
        raise TypeError(
            "wait() expected a list of ray.ObjectRef or ray.ObjectRefGenerator, "
            f"got {type(refs)}"
        )
    if timeout is not None and timeout < 0:
        raise ValueError("The 'timeout' argument must be nonnegative. " f"Received {timeout}")
    for ref in refs:
        if not isinstance(ref, ObjectRef) and not hasattr(ref, "_ray_ready"):
            raise TypeError(
                "wait() expected a list of ray.ObjectRef or ray.ObjectRefGenerator, "
                f"got list containing {type(ref)}"
            )
    if len(set(refs)) != len(refs):
        raise ValueError("Wait requires a list of unique ray_waitables.")
    if not refs:
        return [], []
    if num_returns <= 0:
        raise ValueError("Invalid number of objects to return %d." % num_returns)
    if num_returns > len(refs):
        raise ValueError("num_returns cannot be greater than the number of ray_waitables provided to ray.wait.")
    process = _core.process()
    thread = _core.thread()

    def wakes(_: object) -> None:
        _core.wake(thread)

    def ready() -> bool:
        return sum(map(is_ready, refs)) >= num_returns

    if not ready():
        for ref in refs:
            if isinstance(ref, ObjectRef):
                fetch(ref)
            if not is_ready(ref):
                (ref._ray_then if hasattr(ref, "_ray_then") else ref.then)(wakes)
        process.blocks()
        try:
            _core.wait_until(ready, timeout)
        finally:
            process.goes_on()
    first = [ref for ref in refs if is_ready(ref)][:num_returns]
    chosen = set(first)
    return first, [ref for ref in refs if ref not in chosen]


def is_ready(ref: Any) -> bool:
    """Whether `wait` counts it."""
    return bool(ref._ray_ready() if hasattr(ref, "_ray_ready") else ref.ready)


Then = Callable[[list[Stored], list[tuple[str, Stored]]], None]


class Outbox:
    """Calls of one process to one actor, in their order: one whose arguments are not there yet
    keeps the later ones back."""

    def __init__(self) -> None:
        self.first = 0
        self.waiting: dict[int, Callable[[], None] | None] = {}
        self.next = 0

    def add(self) -> int:
        """A place for a call."""
        number = self.next
        self.next += 1
        self.waiting[number] = None
        return number

    def ready(self, number: int, send: Callable[[], None]) -> None:
        """The call of that place can be sent when those before it are."""
        self.waiting[number] = send
        while self.first in self.waiting:
            first = self.waiting[self.first]
            if first is None:
                return
            del self.waiting[self.first]
            self.first += 1
            first()


def resolved(
    arguments: Iterable[object],
    named: dict[str, object],
    then: Then,
    failed: Callable[[Any], None],
    of: Callable[[], str] = lambda: "of an actor",
) -> bool:
    """Takes snapshots of arguments, and waits for those that are references. `then` gets all when
    they are there, or `failed` why one never will be. `of` says whose arguments they are.

    Returns:
        Whether that was done at once.

    Raises:
        TypeError: one of them cannot be pickled.
    """
    kept: list[Any] = [_kept(value, of) for value in arguments]
    kept_named: list[tuple[str, Any]] = [(name, _kept(value, of)) for name, value in named.items()]
    refs = [one for one in [*kept, *(value for _, value in kept_named)] if isinstance(one, ObjectRef)]
    left = len(refs)

    def all_there() -> None:
        for ref in refs:
            if ref.failure is not None:
                return failed(ref.failure)
        then([_stored(one) for one in kept], [(name, _stored(one)) for name, one in kept_named])
        return None

    def arrived(_: ObjectRef) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            all_there()

    if not refs:
        all_there()
        return True
    at_once = all(ref.ready for ref in refs)
    for ref in refs:
        fetch(ref)
        ref.then(arrived)
    return at_once


def _kept(value: object, of: Callable[[], str]) -> Stored | ObjectRef:
    if isinstance(value, ObjectRef):
        return value
    try:
        return Stored(value)
    except TypeError as error:
        head = f"Could not serialize the argument {value!r} for a task or actor {of()}"
        raise refused_by_pickle(head, value, error) from error


def _stored(one: Stored | ObjectRef) -> Stored:
    if isinstance(one, ObjectRef):
        stored = one.stored
        assert stored is not None
        return stored
    return one



