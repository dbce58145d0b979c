"""The options of `ray.remote` and `.options`, and which values they can have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flagfall.ray import _supported

_None: type = type(None)
Check = Callable[[Any], "str | None"]


def _any(_: Any) -> str | None:
    return None


def _count(name: str, endless: bool = True) -> tuple[Any, Check]:
    """A whole number, or `None`; with `endless`, -1 stands for no limit."""
    least = -1 if endless else 0
    ending = (
        "None, 0, -1 or a positive integer, where -1 represents infinity."
        if endless
        else "None, 0 or a positive integer."
    )

    def check(value: Any) -> str | None:
        if value is None or value >= least:
            return None
        return f"The keyword '{name}' only accepts {ending}"

    return (int, _None), check


def _quantity(name: str, value: Any) -> str | None:
    """Why there cannot be that much of a resource."""
    if value < 0:
        return f"The quantity of resource {name} cannot be negative"
    if isinstance(value, float) and value != 0.0 and int(value * 10_000) == 0:
        return (
            f"The precision of the fractional quantity of resource {name} cannot go beyond 0.0001"
        )
    return None


def _amount(name: str) -> tuple[Any, Check]:
    return (float, int, _None), lambda value: None if value is None else _quantity(name, value)


def _resources(value: Any) -> str | None:
    if "CPU" in (value or {}) or "GPU" in (value or {}):
        return (
            "Use the 'num_cpus' and 'num_gpus' keyword instead of 'CPU' and 'GPU' "
            "in 'resources' keyword"
        )
    found = (_quantity(name, amount) for name, amount in (value or {}).items())
    return next((text for text in found if text), None)


def _returns(value: Any) -> str | None:
    if value is None or value in ("dynamic", "streaming"):
        return None
    # A text that is none of those cannot be compared: Ray has this TypeError, too.
    if value >= 0:
        return None
    return (
        "The keyword 'num_returns' only accepts None, a non-negative integer, 'streaming' (for "
        "generators), or 'dynamic'. The default of None is 1, and 'streaming' for generators."
    )


def _exceptions(value: Any) -> str | None:
    if isinstance(value, bool):
        return None
    if all(isinstance(one, type) and issubclass(one, Exception) for one in value):
        return None
    return "retry_exceptions must be either a boolean or a list of exceptions"


def _backpressure(value: Any) -> str | None:
    if value != 0:
        return None
    return (
        "_generator_backpressure_num_objects=0 is not allowed. Use a value > 0, or -1 for no limit."
    )


def _lifetime(value: Any) -> str | None:
    if value in (None, "detached", "non_detached"):
        return None
    return "actor `lifetime` argument must be one of 'detached', 'non_detached' and 'None'."


def _environment(value: Any) -> str | None:
    _supported.check(_supported.ENVIRONMENT, value or {})
    variables = (value or {}).get("env_vars")
    if variables is None:
        return None
    if not isinstance(variables, dict):
        raise TypeError(
            f"runtime_env['env_vars'] must be of type Dict[str, str], got {type(variables)}"
        )
    for which, ones in (("key", variables), ("value", variables.values())):
        for one in ones:
            if not isinstance(one, str):
                raise TypeError(
                    "runtime_env['env_vars'] must be of type Dict[str, str], but the "
                    f"{which} {one} is of type {type(one)}"
                )
    return None


_Options = dict[str, tuple[Any, Check]]

_BOTH: _Options = {
    "label_selector": ((dict, _None), _any),
    "fallback_strategy": ((list, _None), _any),
    "accelerator_type": ((str, _None), _any),
    "memory": _amount("memory"),
    "name": ((str, _None), _any),
    "num_cpus": _amount("num_cpus"),
    "num_gpus": _amount("num_gpus"),
    "object_store_memory": _count("object_store_memory", endless=False),
    "placement_group": (object, _any),
    "placement_group_bundle_index": (int, _any),
    "placement_group_capture_child_tasks": ((bool, _None), _any),
    "resources": ((dict, _None), _resources),
    "runtime_env": ((dict, _None), _environment),
    "scheduling_strategy": (object, _any),
    "enable_task_events": (bool, _any),
    "_labels": ((dict, _None), _any),
}
OF_TASKS: _Options = {
    **_BOTH,
    "max_calls": _count("max_calls", endless=False),
    "max_retries": _count("max_retries"),
    "num_returns": ((int, str, _None), _returns),
    "retry_exceptions": ((bool, list, tuple), _exceptions),
    "_generator_backpressure_num_objects": ((int, _None), _backpressure),
    "_num_objects_per_yield": ((int, _None), _any),
}
OF_ACTORS: _Options = {
    **_BOTH,
    "concurrency_groups": ((list, dict, _None), _any),
    "enable_tensor_transport": ((bool, _None), _any),
    "lifetime": ((str, _None), _lifetime),
    "max_concurrency": _count("max_concurrency", endless=False),
    "max_restarts": _count("max_restarts"),
    "max_task_retries": _count("max_task_retries"),
    "max_pending_calls": _count("max_pending_calls"),
    "namespace": ((str, _None), _any),
    "get_if_exists": (bool, _any),
    "allow_out_of_order_execution": ((bool, _None), _any),
    "_actor_generator_backpressure_num_objects": ((int, _None), _any),
}

#: What is said of a decorator with parentheses and no options, and of one on something else.
WRONG_USE = (
    "The @ray.remote decorator must be applied either with no arguments and no "
    "parentheses, for example '@ray.remote', or it must be applied using some of "
    f"the arguments in the list {list({**OF_TASKS, **OF_ACTORS})}, for example "
    "'@ray.remote(num_returns=2, resources={\"CustomResource\": 1})'."
)


def checked(options: dict[str, Any], *, of_actor: bool) -> dict[str, Any]:
    """Those options, if Ray has them and they can have those values.

    Raises:
        TypeError: a value is of a wrong type.
        ValueError: Ray has not such an option, or it cannot have that value.
    """
    known = OF_ACTORS if of_actor else OF_TASKS
    for name, value in options.items():
        if name not in known:
            kind = "actors" if of_actor else "remote functions"
            raise ValueError(
                f"Invalid option keyword {name} for {kind}. Valid ones are {list(known)}."
            )
        types, check = known[name]
        if not isinstance(value, types):
            raise TypeError(
                f"The type of keyword '{name}' must be {types}, but received type {type(value)}"
            )
        problem = check(value)
        if problem:
            raise ValueError(problem)
    _supported.check(_supported.OF_ACTORS if of_actor else _supported.OF_TASKS, options)
    return options
