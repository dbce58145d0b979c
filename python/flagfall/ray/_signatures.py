"""The methods of a class of actors, and which arguments they take: a call with others is refused
before it is sent."""

from __future__ import annotations

import inspect
import sys
from typing import Any

from flagfall.ray import _core
from flagfall.ray._results import STREAMING

#: The name of the attribute that `ray.method` sets: the options of the method.
METHOD_OPTIONS = "__ray_method_options__"

Options = dict[str, dict[str, Any]]


def described(kind: type) -> tuple[Options, dict[str, Any], bool]:
    """The methods that a handle has: their options, and their signatures without `self`. Then,
    whether the actors are async ones."""
    # The run keeps them: what it lets go of may refer to the class, in annotations for one.
    kept: dict[type, tuple[Options, dict[str, Any], bool]] = _core.process().run.described
    found = kept.get(kind)
    if found is None:
        found = kept[kind] = _look(kind)
    return found


def members(kind: type) -> dict[str, Any]:
    """The attributes of a class as they are stored, its own and inherited ones, without those that
    all objects have."""
    found: dict[str, Any] = {}
    for base in reversed(kind.__mro__[:-1]):
        found.update(vars(base))
    return found


def _look(kind: type) -> tuple[Options, dict[str, Any], bool]:
    options: Options = {}
    signatures: dict[str, Any] = {}
    for name, static in sorted(members(kind).items()):
        member = getattr(static, "__func__", static)
        is_special = name.startswith("__") and name.endswith("__")
        if not inspect.isroutine(member) or (is_special and not inspect.isfunction(member)):
            continue
        try:
            signature = inspect.signature(member)
        except (ValueError, TypeError):
            signature = None
        if signature is not None and not isinstance(static, staticmethod):
            found = list(signature.parameters.values())
            if found and found[0].kind is not inspect.Parameter.VAR_POSITIONAL:
                signature = inspect.Signature(found[1:])
        signatures[name] = signature
        options[name] = dict(getattr(member, METHOD_OPTIONS, {}))
        if inspect.isgeneratorfunction(member) or inspect.isasyncgenfunction(member):
            options[name].setdefault("num_returns", STREAMING)
    return options, signatures, _has_async_methods(kind)


def places(signature: Any) -> tuple[int, int]:
    """How many arguments without names are surely right: the fewest and the most."""
    if signature is None:
        return 0, sys.maxsize
    fewest = most = 0
    for one in signature.parameters.values():
        if one.kind is one.VAR_POSITIONAL:
            most = sys.maxsize
        elif one.kind is one.KEYWORD_ONLY and one.default is one.empty:
            return sys.maxsize, 0
        elif one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD):
            most += most < sys.maxsize
            fewest += one.default is one.empty
    return fewest, most


def binds(signature: Any, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    """Whether a call can have those arguments.

    Raises:
        TypeError: it cannot, in the words of Python.
    """
    if signature is not None:
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(str(error)) from None


def _has_async_methods(kind: type) -> bool:
    """Whether the actors of a class are async ones: with a loop for all their calls."""
    return any(
        inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)
        for _, method in inspect.getmembers(kind, inspect.isfunction)
    )


def in_order(is_async: bool, options: dict[str, Any]) -> bool:
    """Whether calls of an actor come in the order in which they were submitted.

    Raises:
        ValueError: an actor that handles several at once cannot do that.
    """
    overtakes = is_async or (options.get("max_concurrency") or 1) > 1
    wanted = options.get("allow_out_of_order_execution")
    if wanted is None:
        return not overtakes
    if overtakes and not wanted:
        actors = "async actors" if is_async else "multi-threaded actors"
        raise ValueError(
            f"If you're using {actors}, Ray can't execute actor tasks in order. Set "
            "`allow_out_of_order_execution=True` to allow out-of-order execution."
        )
    return not wanted
