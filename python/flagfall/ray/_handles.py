"""Classes of actors, and handles: what a program holds of an actor."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from flagfall import _flagfall
from flagfall._flagfall import Call, ObjectRef, Stored, call_actor
from flagfall.ray import _core, _restarts, _supported
from flagfall.ray._actor import Actor
from flagfall.ray._cancel import registers
from flagfall.ray._demand import actor_demand
from flagfall.ray._failures import passed_on
from flagfall.ray._functions import described as described_as
from flagfall.ray._life import Life, MethodCall, Tie
from flagfall.ray._objects import Outbox, resolved
from flagfall.ray._process import Process, question
from flagfall.ray._results import STREAMING, ObjectRefGenerator
from flagfall.ray._signatures import METHOD_OPTIONS as METHOD_OPTIONS
from flagfall.ray._signatures import binds, described, in_order, places
from flagfall.ray._worker import all_fail
from flagfall.ray.exceptions import ActorAlreadyExistsError, PendingCallsLimitExceeded

#: The options that a call of a method can have.
OF_METHODS = frozenset(
    "name num_returns max_task_retries retry_exceptions concurrency_group enable_task_events "
    "tensor_transport _labels _generator_backpressure_num_objects _num_objects_per_yield".split()
)

#: The methods that all actors have.
OF_RAY = ("__ray_call__", "__ray_ready__", "__ray_terminate__")


class ActorHandle:
    """What calls the methods of an actor: `handle.method.remote(...)`."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._tie = life.tie()

    @property
    def _actor_id(self) -> Any:
        from flagfall.ray._ids import ActorID

        return ActorID(self._life.id)

    _ray_actor_id = _actor_id

    @property
    def _ray_method_signatures(self) -> dict[str, Any]:
        return self._life.signatures

    def __getattr__(self, name: str) -> ActorMethod:
        options = self._life.methods.get(name)
        if options is None:
            if name not in OF_RAY:
                raise AttributeError(f"'ActorHandle' object has no attribute '{name}'")
            options = {}
        method = ActorMethod(self, name, options)
        # The next time, nothing is looked up.
        self.__dict__[name] = method
        return method

    def __dir__(self) -> list[str]:
        return list(self._life.methods)

    def _travels(self) -> TravellingHandle:
        return TravellingHandle(self._tie)

    def __repr__(self) -> str:
        return f"Actor({self._life.class_name}, {self._life.id})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ActorHandle) and other._life is self._life

    def __hash__(self) -> int:
        return hash(self._life.number)


class TravellingHandle:
    """A handle inside of a pickle."""

    __slots__ = ("tie",)

    def __init__(self, tie: Tie) -> None:
        self.tie = tie

    def arrives(self) -> ActorHandle:
        """The handle for the process whose code runs now."""
        return ActorHandle(self.tie.life)


class ActorMethod:
    """A method of an actor."""

    __slots__ = ("_fewest", "_life", "_most", "_name", "_options", "_outboxes", "_plain", "_tie")

    def __init__(self, handle: ActorHandle, name: str, options: dict[str, Any]) -> None:
        # It holds no handle, which holds it; but `a.method` may outlive `a`.
        self._tie, self._life = handle._tie, handle._life
        self._name = name
        self._options = options
        self._outboxes = handle._life.process.run.outboxes
        self._plain = not options and not name.startswith("__ray_") and not self._life.most_pending
        self._fewest, self._most = places(self._life.signatures.get(name))

    def __call__(self, *_: object, **__: object) -> None:
        raise TypeError(
            "Actor methods cannot be called directly. Instead "
            f"of running 'object.{self._name}()', try 'object.{self._name}.remote()'."
        )

    def options(self, **options: Any) -> ActorMethod:
        """The same method with other options."""
        for name in options:
            if name not in OF_METHODS:
                raise TypeError(f"ActorMethod._remote() got an unexpected keyword argument '{name}'")
        _supported.check(_supported.OF_METHODS, options)
        other = object.__new__(ActorMethod)
        other._tie, other._life, other._name = self._tie, self._life, self._name
        other._fewest, other._most = self._fewest, self._most
        other._outboxes = self._outboxes
        other._options = {**self._options, **options}
        other._plain = False
        return other

    def remote(self, *args: object, **kwargs: object) -> Any:
        """Calls it, and returns a reference to the result."""
        if kwargs or not self._fewest <= len(args) <= self._most:
            binds(self._life.signatures.get(self._name), args, kwargs)
        life = self._life
        outboxes = self._outboxes
        if self._plain and (
            not outboxes or (_core.process().number, life.number) not in outboxes
        ):
            try:
                made = call_actor(life.process, life.class_name, self._name, args, kwargs or None)
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
        process, life = _core.process(), self._life
        name = f"{life.class_name}.{self._name}"
        if life.most_pending:
            _counts(process, life, self._name)
        extra = MethodCall(process, life, name, self._options)
        refs, result = made_refs(extra)
        # The call that goes out keeps the actor until then.
        in_turn = self._in_turn(process) if life.in_order else _at_once(self._tie)

        def send(arguments: list[Stored], named: list[tuple[str, Stored]]) -> None:
            call = Call(self._name, life.class_name, arguments, named, refs, extra)

            def submit() -> None:
                if not extra.cancelled:
                    extra.submit(call)

            in_turn(submit)

        def fails(failure: Any) -> None:
            failure = passed_on(name, failure)

            def give_up() -> None:
                if not extra.cancelled:
                    extra.gives_up(failure)

            in_turn(give_up)

        resolved(args, kwargs, send, fails, lambda: described_as(life.process.made.take(), self._name))
        return result

    def _in_turn(self, process: Process) -> Callable[[Callable[[], None]], None]:
        """A place for a call, behind those before it."""
        outboxes, key = self._outboxes, (process.number, self._life.number)
        outbox = outboxes.setdefault(key, Outbox())
        place = outbox.add()
        tie = [self._tie]

        def in_turn(send: Callable[[], None]) -> None:
            outbox.ready(place, send)
            if not outbox.waiting and outboxes.get(key) is outbox:
                del outboxes[key]
            tie.clear()

        return in_turn


def _at_once(tie: Tie) -> Callable[[Callable[[], None]], None]:
    """Lets a call overtake others."""
    ties = [tie]

    def at_once(send: Callable[[], None]) -> None:
        send()
        ties.clear()

    return at_once


def _counts(process: Process, life: Life, name: str) -> None:
    """Takes note of one more call that is under way, of an actor that limits them."""
    pending: dict[int, int] = process.local.setdefault("pending", {})
    count = pending.get(life.number, 0)
    if count >= life.most_pending:
        raise PendingCallsLimitExceeded(
            f"The task {name} could not be submitted to {ActorHandle(life)!r} because more than "
            f"{life.most_pending} tasks are queued on the actor. This limit can be adjusted with "
            "the `max_pending_calls` actor option."
        )
    pending[life.number] = count + 1


def made_refs(extra: Any) -> tuple[list[ObjectRef], Any]:
    """The references of a call, and what `.remote()` returns of them."""
    wanted = extra.num_returns
    if wanted == STREAMING:
        extra.generator = ObjectRefGenerator()
        registers(extra, [])
        return [], extra.generator
    count = 1 if wanted == "dynamic" else wanted
    refs = [ObjectRef() for _ in range(count)]
    if count == 0:
        return refs, None
    registers(extra, refs)
    return refs, refs[0] if count == 1 else refs


class ActorClass:
    """A class whose instances are actors: `Class.remote(...)` makes one."""

    def __init__(self, kind: type, options: dict[str, Any]) -> None:
        self._kind = kind
        self._options = options
        self.__doc__ = kind.__doc__
        self.__module__ = kind.__module__

    @property
    def __ray_metadata__(self) -> Any:
        return self

    def __call__(self, *_: object, **__: object) -> None:
        raise TypeError(
            "Actors cannot be instantiated directly. "
            f"Instead of '{self._kind.__name__}()', "
            f"use '{self._kind.__name__}.remote()'."
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


def create(
    kind: type, options: dict[str, Any], args: tuple[object, ...], kwargs: dict[str, object]
) -> ActorHandle:
    """Makes an actor."""
    from flagfall.ray._library import running

    name = options.get("name")
    if name is not None and not isinstance(name, str):
        raise TypeError(f"name must be None or a string, got: '{type(name)}'.")
    if name == "":
        raise ValueError("Actor name cannot be an empty string.")
    checks_namespace(options.get("namespace"))
    creator = running()
    namespace = options.get("namespace") or creator.namespace
    if options.get("get_if_exists"):
        if not name:
            raise ValueError("The actor name must be specified to use `get_if_exists`.")
        found = find(name, namespace)
        if found is not None:
            return found
    methods, signatures, is_async = described(kind)
    if isinstance(signatures.get("__init__"), inspect.Signature):
        binds(signatures["__init__"], args, kwargs)
    elif args or kwargs:
        binds(inspect.Signature(), args, kwargs)
    life = Life(kind.__name__, name or "", namespace, options.get("lifetime") == "detached")
    life.methods, life.signatures = methods, signatures
    life.restarts_left = options.get("max_restarts") or 0
    life.most_pending = max(options.get("max_pending_calls") or 0, 0)
    life.is_async = is_async
    life.in_order = in_order(is_async, options)
    if options.get("max_task_retries"):
        life.methods = {
            name: {"max_task_retries": options["max_task_retries"], **method}
            for name, method in methods.items()
        }
    process = _process(life, kind, options, creator)
    handle = ActorHandle(life)
    try:
        if name:
            _take_name(life, options.get("namespace"))
    except ActorAlreadyExistsError:
        if options.get("get_if_exists"):
            # Another process was faster.
            found = find(name, namespace)  # type: ignore[arg-type]
            if found is not None:
                return found
        raise
    _gives_birth(process, life, creator, args, kwargs)
    return handle


def _process(life: Life, kind: type, options: dict[str, Any], creator: Process) -> Actor:
    """The first process of an actor."""
    demand, placing = actor_demand(options, kind.__name__)
    settings = {**options, "demand": demand, "placing": placing}
    settings["variables"] = (options.get("runtime_env") or {}).get("env_vars")
    process = Actor(creator.run, life, creator, exported(creator, kind), settings)
    life.process, life.number = process, process.number
    return process


def _gives_birth(
    process: Actor, life: Life, creator: Process, args: tuple[object, ...], kwargs: dict[str, object]
) -> None:
    """Lets the process begin. Arguments that are not there yet are sent to it later."""
    born: list[bool] = []

    def there(arguments: list[Stored], named: list[tuple[str, Stored]]) -> None:
        if born:
            _flagfall.send(process, "arguments", (arguments, named))
        else:
            process.arguments = (arguments, named)

    broken: list[Any] = []

    def fails(failure: Any) -> None:
        if born:
            _flagfall.send(process, "broken", failure)
        else:
            broken.append(failure)

    resolved(args, kwargs, there, fails, lambda: described_as(process.made.take(), "__init__"))
    creator.run.actors += 1
    born.append(True)
    if life.detached:
        # Others may call it as soon as this returns.
        _asked("spawn", process)
    else:
        creator.spawn(process)
        process.announce()
    for failure in broken:
        _flagfall.send(process, "broken", failure)


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


def _take_name(life: Life, given: str | None) -> None:
    """Gives an actor its name.

    Raises:
        ActorAlreadyExistsError: another one has it.
    """
    if _asked("name", life) is not life:
        life.dead = _restarts.dead(life.process, _restarts.KILLED)
        raise ActorAlreadyExistsError(
            f"The name {life.name} (namespace={given}) is already taken. Please use a "
            f"different name or get the existing actor using ray.get_actor('{life.name}', "
            f"namespace='{given}')"
        )


def checks_namespace(namespace: object) -> None:
    """Whether that can be the name of a namespace.

    Raises:
        TypeError: it is no text.
        ValueError: it is empty.
    """
    if namespace is not None and not isinstance(namespace, str):
        raise TypeError("namespace must be None or a string.")
    if namespace == "":
        raise ValueError('"" is not a valid namespace. Pass None to not specify a namespace.')


def find(name: str, namespace: str) -> ActorHandle | None:
    """The actor of that name, if there is one."""
    life = _asked("actor", (namespace, name))
    return None if life is None else ActorHandle(life)
