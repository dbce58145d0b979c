"""Actors as those know them who have a handle, and calls of their methods."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from flagfall import _flagfall
from flagfall._flagfall import Call, ObjectRef, Stored
from flagfall.ray import _cancel, _core, _restarts
from flagfall.ray._failures import Failure
from flagfall.ray._process import Process
from flagfall.ray._results import fill_first
from flagfall.ray._worker import all_fail, fill

if TYPE_CHECKING:
    from flagfall.ray._actor import Actor


class Life:
    """An actor, whichever process it has now."""

    def __init__(self, class_name: str, name: str, namespace: str, detached: bool) -> None:
        self.class_name = class_name
        self.name = name
        self.namespace = namespace
        self.detached = detached
        self.methods: dict[str, dict[str, Any]] = {}
        self.signatures: dict[str, Any] = {}
        self.process: Actor
        self.number = 0
        self.restarts_left = 0
        #: How many calls of one process may be under way; 0 for any number.
        self.most_pending = 0
        #: Whether a call whose arguments are not there keeps the later ones back.
        self.in_order = True
        #: Whether one event loop runs all its calls.
        self.is_async = False
        #: Why it is dead for good, and why it is about to be.
        self.dead: Failure | None = None
        self.doomed: str | None = None
        #: Questions what has become of its process.
        self.asked: list[Call] = []
        self._tie: weakref.ref[Tie] | None = None

    @property
    def id(self) -> str:
        """The identifier, as hexadecimal digits."""
        return f"{self.number:024x}01000000"

    @property
    def label(self) -> str:
        """What its paths end with: its name, or that of its class. What has a meaning in paths is
        left out of it."""
        return (self.name or self.class_name).replace("/", "_").replace("[", "(").replace("]", ")")

    @property
    def is_held(self) -> bool:
        """Whether anybody has a handle."""
        return self._tie is not None and self._tie() is not None

    def tie(self) -> Tie:
        """What a new handle has to hold."""
        found = self._tie() if self._tie is not None else None
        if found is None:
            found = Tie(self)
            self._tie = weakref.ref(found)
        return found


class Tie:
    """All handles of an actor hold it. When nobody has one any more, the actor ends."""

    __slots__ = ("__weakref__", "life")

    def __init__(self, life: Life) -> None:
        self.life = life

    def __del__(self) -> None:
        life = self.life
        if life.detached or life.dead is not None or not hasattr(life, "process"):
            return
        here = _core.current()
        # What is left of an earlier run is no part of this one.
        if here is not None and here.run is getattr(life.process, "run", None):
            _flagfall.send(life.process, "unused", None)


class MethodCall:
    """A call of a method that is more than plain: it has options, or a generator."""

    def __init__(self, owner: Process, life: Life, name: str, options: dict[str, Any]) -> None:
        self.owner = owner
        self.life = life
        self.name = options.get("name") or name
        self.num_returns = options.get("num_returns", 1)
        self.retries = options.get("max_task_retries") or 0
        self.retry_exceptions = options.get("retry_exceptions", False)
        self.group = options.get("concurrency_group")
        self.backpressure = options.get("_generator_backpressure_num_objects") or -1
        self.generator: Any = None
        self.refs: list[ObjectRef] = []
        self.cancelled = False
        self.call: Call | None = None
        self.id = ""

    def submit(self, call: Call) -> None:
        """Sends an attempt to the actor."""
        self.call = call
        _flagfall.ask(self.life.process, call)

    def gives_up(self, failure: Any) -> None:
        """It is never sent."""
        refs = self.refs
        self._is_over()
        all_fail(refs, failure, self.generator)

    def answered(self, call: Call, kind: str, payload: Any) -> None:
        """What has come of an attempt."""
        if kind == "died":
            tried = self.life.process
            return _restarts.ask_fate(tried, lambda fate: self._lost(call, tried, fate))
        if kind == "values":
            return self._ends(call, payload)
        if kind == "object":
            self._is_over()
            return fill_first(call.references, payload)
        if self.retries != 0 and not self.cancelled and self._retries(payload):
            self.retries -= 1
            return self.submit(call.again())
        return self._ends(call, None, payload)

    def _lost(self, call: Call, tried: Actor, fate: Failure | None) -> None:
        """The process died before it answered."""
        if fate is None and self.retries != 0 and not self.cancelled:
            self.retries -= 1
            return self.submit(call.again())
        return self._ends(call, None, fate or _restarts.unavailable(tried))

    def _ends(self, call: Call, values: list[Stored] | None, failure: Any = None) -> None:
        self._is_over()
        if values is not None:
            fill(call.references, values, self.generator)
        else:
            all_fail(call.references, failure, self.generator)

    def _is_over(self) -> None:
        """Takes note that one call less is under way."""
        _cancel.is_over(self)
        pending = self.owner.local.get("pending")
        if pending is not None and self.life.most_pending:
            pending[self.life.number] -= 1

    def _retries(self, failure: Any) -> bool:
        if not hasattr(failure, "error"):
            return False
        if isinstance(self.retry_exceptions, (list, tuple)):
            return isinstance(failure.error().cause, tuple(self.retry_exceptions))
        return bool(self.retry_exceptions)


class ExitActor(BaseException):
    """What `exit_actor` raises."""


def terminate() -> None:
    """The method `__ray_terminate__` of all actors."""
    raise ExitActor


class _Plain:
    """How a plain call answers."""

    num_returns = 1
    generator = None


PLAIN = _Plain()
