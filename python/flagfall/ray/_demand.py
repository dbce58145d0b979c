"""What tasks and actors need of the cluster."""

from __future__ import annotations

from typing import Any

Demand = dict[str, float]


def task_demand(options: dict[str, Any]) -> Demand:
    """What a task holds while it runs: one CPU, if it does not say otherwise."""
    cpus = options.get("num_cpus")
    return _demand(options, 1.0 if cpus is None else cpus)


def actor_demand(options: dict[str, Any]) -> tuple[Demand, Demand]:
    """What an actor holds while it lives, and what has to be free to place it. An actor that does
    not say how many CPUs it needs holds none, and is placed at once."""
    cpus = options.get("num_cpus")
    demand = _demand(options, 0.0 if cpus is None else cpus)
    return demand, demand


def _demand(options: dict[str, Any], cpus: float) -> Demand:
    resources = {name: float(amount) for name, amount in (options.get("resources") or {}).items()}
    gpus = float(options.get("num_gpus") or 0)
    if gpus > 1 and not gpus.is_integer():
        raise ValueError(
            "GPU resource quantities >1 must be whole numbers. "
            f"The specified quantity {gpus} is invalid."
        )
    found = {"CPU": float(cpus), "GPU": gpus, **resources}
    return {name: amount for name, amount in found.items() if amount}
