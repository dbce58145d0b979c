"""The options of `init`, and which values they can have."""

from __future__ import annotations

from typing import Any

from flagfall.ray import _supported
from flagfall.ray._context import ADDRESS

#: Those that have no meaning for a simulated cluster, and those that are refused if they are set.
_KNOWN = {"local_mode"}.union(
    *(part[_supported.INIT] for part in (_supported.WITHOUT_EFFECT, _supported.NOTED, _supported.REFUSED))
)

#: What the node has, if the program does not say: in bytes.
_MEMORY = 16 * 1024**3
_OBJECT_STORE = 8 * 1024**3
_LEAST_STORE = 78_643_200


def check(address: str | None, namespace: object, others: dict[str, Any]) -> None:
    """Whether the options are ones of Ray, with values that can be.

    Raises:
        RuntimeError: there is no such option.
        ValueError, TypeError, ConnectionError: it cannot have that value.
    """
    _supported.check(_supported.INIT, others)
    if others.get("local_mode"):
        raise RuntimeError(
            "`local_mode` is no longer supported. For interactive debugging consider using the Ray "
            "distributed debugger."
        )
    unknown = [name for name in others if name not in _KNOWN]
    if unknown:
        raise RuntimeError(f"Unknown keyword argument(s): {', '.join(unknown)}")
    if namespace == "":
        raise ValueError(
            '"" is not a valid namespace. Pass None to not specify a namespace.'
        )
    if namespace is not None and not isinstance(namespace, str):
        raise TypeError("namespace must be None or a string.")
    if address in (None, "", "local"):
        return
    if address == "auto":
        raise ConnectionError(
            "Could not find any running Ray instance. Please specify the one to connect to by "
            "setting `--address` flag or `RAY_ADDRESS` environment variable."
        )
    if ":" not in str(address):
        raise ValueError(f"Invalid address format: {address}")
    raise ConnectionError(
        f"there is no cluster at {address}: in virtual time, a program starts its own; leave "
        "the address out"
    )


def totals(
    num_cpus: Any, num_gpus: Any, resources: Any, memory: Any, store: Any
) -> dict[str, float]:
    """What the cluster has in all.

    Raises:
        ValueError, AssertionError: it cannot have that.
    """
    default = ("CPU", "GPU", "memory", "object_store_memory")
    for name in resources or {}:
        if name in default:
            option = {"CPU": "num_cpus", "GPU": "num_gpus"}.get(name, name)
            raise AssertionError(
                f"{resources} -> `{name}` cannot be a custom resource because it is one of the "
                f"default resources ({{{str(default)[1:-1]}}}). Use `{option}` instead. For example, use "
                f"`ray start --{option.replace('_', '-')}=1` instead of "
                f"`ray start --resources={{'{name}': 1}}`"
            )
    if store is not None and store < _LEAST_STORE:
        raise ValueError(
            f"Attempting to cap object store memory usage at {store} bytes, but the minimum "
            f"allowed is {_LEAST_STORE} bytes."
        )
    found: dict[str, Any] = {
        **(resources or {}),
        f"node:{ADDRESS}": 1.0,
        "node:__internal_head__": 1.0,
        "CPU": num_cpus,
        "GPU": num_gpus,
        "memory": _MEMORY if memory is None else memory,
        "object_store_memory": _OBJECT_STORE if store is None else store,
    }
    if not num_gpus:
        del found["GPU"]
    for name, amount in found.items():
        _check_amount(name, amount, found)
    return {name: float(amount) for name, amount in found.items() if amount}


def _check_amount(name: str, amount: Any, found: dict[str, Any]) -> None:
    assert isinstance(amount, (int, float)), f"{name} ({type(amount)}): {amount}"
    if amount < 0:
        raise ValueError(
            f"Resource quantities must be nonnegative. Violated by resource '{name}' in {found}."
        )
    if amount != int(amount):
        raise ValueError(
            f"Resource quantities must all be whole numbers. Violated by resource '{name}' in "
            f"{found}."
        )
