"""`ray.remote`: remote functions, and classes of actors."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from flagfall._flagfall import Call, Stored
from flagfall.ray._cancel import dependant
from flagfall.ray._demand import task_demand
from flagfall.ray._handles import METHOD_OPTIONS, ActorClass, exported, made_refs
from flagfall.ray._library import running
from flagfall.ray._objects import resolved
from flagfall.ray._options import checked
from flagfall.ray._results import STREAMING
from flagfall.ray._worker import Task, all_fail


class RemoteFunction:
    """A function that runs as a task: `function.remote(...)` submits one."""

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        self._function = function
        self._options = options
        self.__name__ = function.__name__
        self.__qualname__ = function.__qualname__
        self.__doc__ = function.__doc__
        self.__module__ = function.__module__
        self.__wrapped__ = function

    def __call__(self, *_: object, **__: object) -> None:
        raise TypeError(
            "Remote functions cannot be called directly. Instead "
            f"of running '{self.__module__}.{self.__name__}()', "
            f"try '{self.__module__}.{self.__name__}.remote()'."
        )

    def options(self, **options: Any) -> RemoteFunction:
        """The same function with other options."""
        return RemoteFunction(
            self._function, {**self._options, **checked(options, of_actor=False)}
        )

    def remote(self, *args: object, **kwargs: object) -> Any:
        """Submits a task, and returns a reference to its result."""
        return submit(self._function, self._options, args, kwargs)

    def bind(self, *args: object, **kwargs: object) -> Any:
        """A node of a graph that runs it."""
        from flagfall.ray import _dag

        return _dag.FunctionNode(self, args, kwargs)

    def __reduce__(self) -> Any:
        return RemoteFunction, (self._function, self._options)


def submit(
    function: Callable[..., Any],
    options: dict[str, Any],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> Any:
    """Submits a task."""
    owner = running()
    run = owner.run
    run.tasks += 1
    try:
        inspect.signature(function).bind(*args, **kwargs)
    except ValueError:
        # It has no signature that can be read.
        pass
    name = options.get("name") or getattr(function, "__qualname__", "task")
    generates = inspect.isgeneratorfunction(function)
    wanted = options.get("num_returns")
    retries = options.get("max_retries")
    task = Task(
        owner,
        name,
        exported(owner, function),
        task_demand(options),
        num_returns=wanted if wanted is not None else (STREAMING if generates else 1),
        max_retries=3 if retries is None else retries,
        retry_exceptions=options.get("retry_exceptions") or False,
        variables=(options.get("runtime_env") or {}).get("env_vars"),
    )
    task.id = f"{run.tasks:048x}"
    refs, result = made_refs(task)

    def send(arguments: list[Stored], named: list[tuple[str, Stored]]) -> None:
        if task.cancelled:
            return
        task.submit(Call(name, "", arguments, named, refs, task))

    resolved(args, kwargs, send, lambda failure: all_fail(refs, dependant(name, failure), task.generator))
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
        raise TypeError(
            "The @ray.remote decorator must be applied either with no arguments and no "
            "parentheses, for example '@ray.remote', or it must be applied using some of the "
            "arguments, for example '@ray.remote(num_returns=2, resources={\"CustomResource\": 1})'."
        )
    return lambda made: _made(made, options)


def _made(made: Any, options: dict[str, Any]) -> Any:
    if inspect.isclass(made):
        return ActorClass(made, checked(options, of_actor=True))
    if not (inspect.isfunction(made) or inspect.isbuiltin(made)):
        raise TypeError(
            "The @ray.remote decorator must be applied to either a function or a class."
        )
    return RemoteFunction(made, checked(options, of_actor=False))


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

    def decorated(function: Any) -> Any:
        setattr(function, METHOD_OPTIONS, options)
        return function

    return decorated
