"""`ray.remote`: remote functions, and classes of actors."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from flagfall._flagfall import Call, Stored
from flagfall.ray import _core, _supported
from flagfall.ray._demand import task_demand
from flagfall.ray._functions import Exported, described, export
from flagfall.ray._handles import METHOD_OPTIONS, ActorClass, made_refs
from flagfall.ray._library import running
from flagfall.ray._objects import resolved
from flagfall.ray._options import WRONG_USE, checked
from flagfall.ray._results import STREAMING
from flagfall.ray._worker import Task


class RemoteFunction:
    """A function that runs as a task: `function.remote(...)` submits one.

    It goes to the workers once, as it is at its first call: with its globals of then.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        options: dict[str, Any],
        exported: Exported | None = None,
    ) -> None:
        if inspect.iscoroutinefunction(function):
            raise ValueError(
                "'async def' should not be used for remote tasks. You can wrap the async function "
                "with `asyncio.run(f())`."
            )
        self._function = function
        self._default_options = options
        self._exported = exported
        self._is_generator = generates(function)
        self._function_name = f"{function.__module__}.{function.__name__}"
        self.__doc__ = function.__doc__
        self.__module__ = function.__module__
        self.__wrapped__ = function

    def __call__(self, *_: object, **__: object) -> None:
        raise TypeError(
            "Remote functions cannot be called directly. Instead "
            f"of running '{self._function_name}()', "
            f"try '{self._function_name}.remote()'."
        )

    def options(self, **options: Any) -> FuncWrapper:
        """The same function with other options."""
        if "max_calls" in options:
            checked(options, of_actor=False)
            raise ValueError("Setting 'max_calls' is not supported in '.options()'.")
        checked(options, of_actor=False)
        if "num_returns" in options:
            check_stream(self._is_generator, options["num_returns"])
        return FuncWrapper(self, {**self._default_options, **options})

    def remote(self, *args: object, **kwargs: object) -> Any:
        """Submits a task, and returns a reference to its result."""
        return submit(self, self._default_options, args, kwargs)

    def bind(self, *args: object, **kwargs: object) -> Any:
        """A node of a graph that runs it."""
        from flagfall.ray import _dag

        return _dag.FunctionNode(self, args, kwargs)

    def export(self) -> Exported:
        """What the workers of this cluster get of it."""
        found = self._exported
        if found is None or found.cluster is not _core.process().run.cluster:
            max_calls = self._default_options.get("max_calls")
            if max_calls is None:
                # A GPU is free for others only when the process that used it has ended.
                max_calls = 1 if self._default_options.get("num_gpus") else 0
            found = self._exported = export(self._function, max_calls)
        return found

    def __reduce__(self) -> Any:
        return RemoteFunction, (self._function, self._default_options, self._exported)


class FuncWrapper:
    """A remote function with other options."""

    def __init__(self, function: RemoteFunction, options: dict[str, Any]) -> None:
        self._remote_function = function
        self._updated_options = options

    def remote(self, *args: object, **kwargs: object) -> Any:
        """Submits a task, and returns a reference to its result."""
        return submit(self._remote_function, self._updated_options, args, kwargs)

    def bind(self, *args: object, **kwargs: object) -> Any:
        """A node of a graph that runs it."""
        from flagfall.ray import _dag

        return _dag.FunctionNode(self, args, kwargs)


def generates(function: Callable[..., Any]) -> bool:
    """Whether a call of it makes a generator."""
    return inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)


def check_stream(is_generator: bool, num_returns: Any) -> None:
    """Only a generator can give its values one by one.

    Raises:
        ValueError: the function is none.
    """
    if num_returns in ("streaming", "dynamic") and not is_generator:
        raise ValueError(
            f"num_returns='{num_returns}' can only be used with generator functions (functions "
            "that use 'yield'). The decorated function is not a generator function."
        )


def submit(
    remote_function: RemoteFunction,
    options: dict[str, Any],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> Any:
    """Submits a task."""
    owner = running()
    run = owner.run
    run.tasks += 1
    function = remote_function._function
    signature = inspect.signature(function)
    exported = remote_function.export()
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(str(error)) from None
    name: str = options.get("name") or function.__qualname__.rpartition(".")[2]
    wanted = options.get("num_returns")
    retries = options.get("max_retries")
    task = Task(
        owner,
        name,
        exported,
        task_demand(options, function.__name__),
        num_returns=wanted if wanted is not None else (STREAMING if remote_function._is_generator else 1),
        max_retries=3 if retries is None else retries,
        retry_exceptions=options.get("retry_exceptions") or False,
        variables=(options.get("runtime_env") or {}).get("env_vars"),
    )
    task.id = f"{run.tasks:048x}"
    task.function_name = remote_function._function_name
    task.backpressure = options.get("_generator_backpressure_num_objects") or -1
    refs, result = made_refs(task)

    def send(arguments: list[Stored], named: list[tuple[str, Stored]]) -> None:
        if task.cancelled:
            return
        task.submit(Call(name, "", arguments, named, refs, task))

    def fails(failure: Any) -> None:
        task.argument_failure = failure
        send([], [])

    resolved(args, kwargs, send, fails, lambda: described(function))
    return result


def remote(*args: Any, **options: Any) -> Any:
    """Makes a function remote, or a class a class of actors. With options, it is a decorator.

    Examples:
        >>> import flagfall.ray as ray
        >>> @ray.remote
        ... def square(x):
        ...     return x * x
        >>> ray.get(square.remote(3))
        9
    """
    if len(args) == 1 and not options and callable(args[0]):
        return _made(args[0], {})
    if args or not options:
        raise AssertionError(WRONG_USE)
    return lambda made: _made(made, options)


def _made(made: Any, options: dict[str, Any]) -> Any:
    if inspect.isclass(made):
        return ActorClass(made, checked(options, of_actor=True))
    if not made.__module__:
        made.__module__ = "global"
    if not inspect.isfunction(made):
        raise TypeError(
            "The @ray.remote decorator must be applied to either a function or a class."
        )
    checked(options, of_actor=False)
    check_stream(generates(made), options.get("num_returns"))
    return RemoteFunction(made, options)


def method(*args: Any, **options: Any) -> Any:
    """Gives a method of an actor class options, such as `num_returns`."""
    valid = (
        "num_returns", "concurrency_group", "max_task_retries", "retry_exceptions",
        "_generator_backpressure_num_objects", "enable_task_events", "tensor_transport",
    )  # fmt: skip
    if args or not options or not all(name in valid for name in options):
        raise ValueError(
            "The @ray.method decorator must be applied using at least one of the arguments in the "
            f"list {list(valid)}, for example '@ray.method(num_returns=2)'."
        )
    _supported.check(_supported.OF_METHODS, options)

    def decorated(function: Any) -> Any:
        setattr(function, METHOD_OPTIONS, options)
        return function

    return decorated
