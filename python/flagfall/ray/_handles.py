"""Classes of actors, and handles: what a program holds of an actor."""

from __future__ import annotations

import inspect
from typing import Any

from flagfall import _flagfall
from flagfall._flagfall import Call, ObjectRef, Stored, call_actor
from flagfall.ray import _core
from flagfall.ray._actor import Actor, Life, MethodCall
from flagfall.ray._demand import actor_demand
from flagfall.ray._functions import described
from flagfall.ray._objects import Outbox, resolved
from flagfall.ray._process import Process, question
from flagfall.ray._results import STREAMING, ObjectRefGenerator
from flagfall.ray._worker import all_fail

#: Options of a method, by the name of the attribute that `ray.method` sets.
METHOD_OPTIONS = "__ray_method_options__"


class ActorHandle:
    """What calls the methods of an actor: `handle.method.remote(...)`."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._ray_actor_id = life.id

    @property
    def _actor_id(self) -> Any:
        from flagfall.ray._ids import ActorID

        return ActorID(self._life.id)

    def __getattr__(self, name: str) -> ActorMethod:
        options = self._life.methods.get(name)
        if options is None:
            if name.startswith("__") and name not in ("__call__", "__ray_terminate__", "__ray_ready__"):
                raise AttributeError(name)
            if name not in ("__ray_terminate__", "__ray_ready__"):
                raise AttributeError(
                    f"'{self._life.class_name}' object has no attribute '{name}'"
                )
            options = {}
        method = ActorMethod(self, name, options)
        # The next time, nothing is looked up.
        self.__dict__[name] = method
        return method

    def _travels(self) -> TravellingHandle:
        return TravellingHandle(self._life)

    def __repr__(self) -> str:
        return f"Actor({self._life.class_name}, {self._life.id})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ActorHandle) and other._life is self._life

    def __hash__(self) -> int:
        return hash(self._life.id)


class TravellingHandle:
    """A handle inside of a pickle."""

    __slots__ = ("life",)

    def __init__(self, life: Life) -> None:
        self.life = life

    def arrives(self) -> ActorHandle:
        """The handle for the process whose code runs now."""
        return ActorHandle(self.life)


class ActorMethod:
    """A method of an actor."""

    __slots__ = ("_class_name", "_handle", "_name", "_options", "_plain", "_process")

    def __init__(self, handle: ActorHandle, name: str, options: dict[str, Any]) -> None:
        # Weak would be enough for a cached method, but `a.method` may outlive `a`.
        self._handle = handle._life
        self._process = handle._life.process
        self._class_name = handle._life.class_name
        self._name = name
        self._options = options
        self._plain = not options and not name.startswith("__ray_")

    def __call__(self, *_: object, **__: object) -> None:
        raise TypeError(
            "Actor methods cannot be called directly. Instead "
            f"of running 'object.{self._name}()', try 'object.{self._name}.remote()'."
        )

    def options(self, **options: Any) -> ActorMethod:
        """The same method with other options."""
        other = object.__new__(ActorMethod)
        other._handle, other._process = self._handle, self._process
        other._class_name, other._name = self._class_name, self._name
        other._options = {**self._options, **options}
        other._plain = False
        return other

    def remote(self, *args: object, **kwargs: object) -> Any:
        """Calls it, and returns a reference to the result."""
        if self._plain and self._process.number not in _core.process().outboxes:
            try:
                made = call_actor(self._process, self._class_name, self._name, args, kwargs or None)
            except TypeError:
                # Below, the message says which argument cannot be pickled.
                made = None
            if made is not None:
                return made
        return self._call(args, kwargs)

    def bind(self, *args: object, **kwargs: object) -> Any:
        """A node of a graph that calls it."""
        from flagfall.ray import _dag

        return _dag.bind_method(self, args, kwargs)

    def _call(self, args: tuple[object, ...], kwargs: dict[str, object]) -> Any:
        process = _core.process()
        extra = MethodCall(process, f"{self._class_name}.{self._name}", self._options)
        extra.process = self._process
        refs, result = made_refs(extra)
        outboxes = process.outboxes
        outbox = outboxes.setdefault(self._process.number, Outbox())
        place = outbox.add()
        plain = self._plain

        def done() -> None:
            if not outbox.waiting:
                outboxes.pop(self._process.number, None)

        def send(arguments: list[Stored], named: list[tuple[str, Stored]]) -> None:
            call = Call(self._name, self._class_name, arguments, named, refs, None if plain else extra)
            extra.call = call
            outbox.ready(place, lambda: _flagfall.ask(self._process, call))
            done()

        def fails(failure: Any) -> None:
            outbox.ready(place, lambda: all_fail(refs, failure, extra.generator))
            done()

        resolved(args, kwargs, send, fails, lambda: described(self._process.made.take(), self._name))
        return result


def made_refs(extra: Any) -> tuple[list[ObjectRef], Any]:
    """The references of a call, and what `.remote()` returns of them."""
    wanted = extra.num_returns
    if wanted == STREAMING:
        extra.generator = ObjectRefGenerator()
        return [], extra.generator
    count = 1 if wanted == "dynamic" else wanted
    refs = [ObjectRef() for _ in range(count)]
    for ref in refs:
        _calls[ref.number] = extra
    if count == 0:
        return refs, None
    return refs, refs[0] if count == 1 else refs


#: Which call makes an object, for `cancel`.
_calls: dict[int, Any] = {}


class ActorClass:
    """A class whose instances are actors: `Class.remote(...)` makes one."""

    def __init__(self, kind: type, options: dict[str, Any]) -> None:
        self._kind = kind
        self._options = options
        self.__name__ = kind.__name__
        self.__qualname__ = kind.__qualname__
        self.__doc__ = kind.__doc__
        self.__module__ = kind.__module__

    @property
    def __ray_metadata__(self) -> Any:
        return self

    def __call__(self, *_: object, **__: object) -> None:
        raise TypeError(
            "Actors cannot be instantiated directly. "
            f"Instead of '{self.__name__}()', "
            f"use '{self.__name__}.remote()'."
        )

    def options(self, **options: Any) -> ActorClass:
        """The same class with other options."""
        from flagfall.ray._options import checked

        return ActorClass(self._kind, {**self._options, **checked(options, of_actor=True)})

    def remote(self, *args: object, **kwargs: object) -> ActorHandle:
        """Makes an actor, and returns a handle of it."""
        return create(self._kind, self._options, args, kwargs)

    def bind(self, *args: object, **kwargs: object) -> Any:
        """A node of a graph that makes an actor."""
        from flagfall.ray import _dag

        return _dag.ClassNode(self, args, kwargs)

    def __reduce__(self) -> Any:
        return ActorClass, (self._kind, self._options)


def methods_of(kind: type) -> dict[str, dict[str, Any]]:
    """The methods that a handle has, with the options of `ray.method`."""
    found: dict[str, dict[str, Any]] = {}
    for name in dir(kind):
        member = inspect.getattr_static(kind, name)
        if isinstance(member, (staticmethod, classmethod)):
            member = member.__func__
        if not inspect.isroutine(member) or (name.startswith("__") and name != "__call__"):
            continue
        found[name] = dict(getattr(member, METHOD_OPTIONS, {}))
        if inspect.isgeneratorfunction(member) or inspect.isasyncgenfunction(member):
            found[name].setdefault("num_returns", STREAMING)
    return found


def create(
    kind: type, options: dict[str, Any], args: tuple[object, ...], kwargs: dict[str, object]
) -> ActorHandle:
    """Makes an actor."""
    from flagfall.ray._library import running

    creator = running()
    run = creator.run
    name, namespace = options.get("name") or "", options.get("namespace") or creator.namespace
    detached = options.get("lifetime") == "detached"
    if options.get("get_if_exists"):
        if not name:
            raise ValueError("The actor name must be specified to use `get_if_exists`.")
        found = find(name, namespace)
        if found is not None:
            return found
    life = Life(kind.__name__, name, namespace, detached)
    life.methods = methods_of(kind)
    if options.get("max_task_retries"):
        for method in life.methods.values():
            method.setdefault("max_task_retries", options["max_task_retries"])
    demand, placing = actor_demand(options, kind.__name__)
    settings = {**options, "demand": demand, "placing": placing}
    settings["variables"] = (options.get("runtime_env") or {}).get("env_vars")
    process = Actor(run, life, creator, exported(creator, kind), [], [], settings)
    life.process = process
    if name:
        _take_name(process, life)
    born: list[bool] = []

    def there(arguments: list[Stored], named: list[tuple[str, Stored]]) -> None:
        process.arguments, process.named = arguments, named
        born.append(True)
        if detached:
            question(run.cluster, "spawn", process, lambda *_: None)
        else:
            creator.spawn(process)

    def fails(failure: Any) -> None:
        process.failure = failure
        creator.spawn(process)

    if not resolved(args, kwargs, there, fails, lambda: described(kind, "__init__")) and not born:
        # Calls wait until it is born.
        _wait_for_birth(process, args, kwargs)
    return ActorHandle(life)


def _wait_for_birth(process: Actor, args: Any, kwargs: Any) -> None:
    from flagfall.ray._objects import await_refs

    await_refs([one for one in (*args, *kwargs.values()) if isinstance(one, ObjectRef)], None)


def exported(creator: Process, kind: Any) -> Stored:
    """A snapshot of a class or function: once for each process that uses it, as in Ray."""
    found = creator.exported.get(id(kind))
    if found is None or found[0] is not kind:
        found = creator.exported[id(kind)] = (kind, Stored(kind))
    return found[1]


def _asked(name: str, payload: object) -> Any:
    """Asks the cluster, and waits for the answer."""
    thread = _core.thread()
    answers: list[Any] = []

    def arrived(_: str, answer: Any) -> None:
        answers.append(answer)
        _core.wake(thread)

    question(_core.process().run.cluster, name, payload, arrived)
    _core.wait_until(lambda: bool(answers))
    return answers[0]


def _take_name(process: Actor, life: Life) -> None:
    """Gives an actor its name.

    Raises:
        ValueError: another one has it.
    """
    holder = _asked("name", life)
    if holder is not life:
        life.is_over = True
        from flagfall.ray.exceptions import ActorAlreadyExistsError

        raise ActorAlreadyExistsError(
            f"The name {life.name} (namespace={life.namespace}) is already taken. Please use a "
            f"different name or get the existing actor using ray.get_actor('{life.name}', "
            f"namespace='{life.namespace}')"
        )


def find(name: str, namespace: str) -> ActorHandle | None:
    """The actor of that name, if there is one."""
    life = _asked("actor", (namespace, name))
    return None if life is None else ActorHandle(life)
