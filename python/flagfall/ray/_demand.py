"""What tasks and actors need of the cluster, and where."""

from __future__ import annotations

from typing import Any

from flagfall.ray import _core
from flagfall.ray._labels import NO_SUCH_NODE, matches, selected

#: What is held in a bundle, besides its resources: so it is known who is in a group.
BUNDLE = "bundle"


class Demand(dict[str, float]):
    """Amounts of resources. In a placement group, resources have names of their own, as in Ray:
    `CPU_group_ID` for any bundle, and `CPU_group_0_ID` besides for one of them."""

    #: The amounts by their usual names.
    plain: dict[str, float]
    #: The identifier of the placement group.
    group: str | None = None
    #: Whether what a task or actor submits goes into its group, too.
    captures = False
    #: Why there is no place for it, ever.
    refusal: str | None = None


def task_demand(options: dict[str, Any], name: str) -> Demand:
    """What a task holds while it runs: one CPU, if it does not say otherwise."""
    cpus = options.get("num_cpus")
    amounts = _amounts(options, 1 if cpus is None else cpus)
    return _placed(options, amounts, name)


def actor_demand(options: dict[str, Any], name: str) -> tuple[Demand, Demand]:
    """What an actor holds while it lives, and what has to be free to place it. An actor that names
    no resource at all holds none, and is placed at once."""
    cpus = options.get("num_cpus")
    if cpus is None:
        named = ("num_gpus", "resources", "accelerator_type")
        cpus = 1 if any(options.get(one) is not None for one in named) else 0
    amounts = _amounts(options, cpus)
    demand = _placed(options, amounts, name, for_actor=not amounts)
    return demand, demand


def _amounts(options: dict[str, Any], cpus: float) -> dict[str, float]:
    gpus = options.get("num_gpus") or 0
    if gpus > 1 and not float(gpus).is_integer():
        # Two arguments, as in Ray.
        raise ValueError(
            "GPU resource quantities >1 must",
            f" be whole numbers. The specified quantity {gpus} is invalid.",
        )
    memory = options.get("memory") or 0
    kind = options.get("accelerator_type")
    store = options.get("object_store_memory") or 0
    found = {
        "GPU": gpus, "CPU": cpus, **(options.get("resources") or {}),
        "memory": memory, "object_store_memory": store,
    }  # fmt: skip
    if kind is not None:
        # A node with such devices has a whole one, so all fit.
        found[f"accelerator_type:{kind}"] = 0.001
    return {name: amount for name, amount in found.items() if amount}


def _placed(
    options: dict[str, Any], amounts: dict[str, float], name: str, for_actor: bool = False
) -> Demand:
    """Those amounts at the place that the options name."""
    from flagfall.ray.util import scheduling_strategies as strategies

    strategy = options.get("scheduling_strategy")
    _check_strategy(strategy)
    group = options.get("placement_group", "default")
    index = options.get("placement_group_bundle_index", -1)
    captures = options.get("placement_group_capture_child_tasks")
    if isinstance(strategy, strategies.PlacementGroupSchedulingStrategy):
        group, index = strategy.placement_group, strategy.placement_group_bundle_index
        captures = strategy.placement_group_capture_child_tasks
    above = current_demand()
    if captures is None:
        captures = above is not None and above.captures
    if group == "default":
        # Children of who captures them are in the same group.
        is_inside = strategy is None and captures and above is not None
        group = above.group if is_inside and above is not None else None
    if group is None or getattr(group, "is_empty", False):
        made = _outside(strategy, amounts, index)
        _check_labels(options, strategy, made)
        return made
    if not isinstance(group, str):
        _check_group(group, index, amounts, name, for_actor)
    made = Demand(in_group(amounts, group if isinstance(group, str) else group.id.hex(), index))
    made.plain, made.captures = amounts, bool(captures)
    made.group = group if isinstance(group, str) else group.id.hex()
    return made


def in_group(amounts: dict[str, float], group: str, index: int) -> dict[str, float]:
    """Amounts of a placement group: of any bundle, and of the one with that index."""
    ends = [f"{index}_{group}", group] if index >= 0 else [group]
    wanted = {**amounts, BUNDLE: 0.001}
    return {
        f"{name}_group_{end}": float(amount) for end in ends for name, amount in wanted.items()
    }


def _outside(strategy: Any, amounts: dict[str, float], index: int) -> Demand:
    from flagfall.ray._context import NODE
    from flagfall.ray.util import scheduling_strategies as strategies

    if index != -1:
        raise ValueError("If placement group is not set, the value of bundle index must be -1.")
    made = Demand({name: float(amount) for name, amount in amounts.items()})
    made.plain = amounts
    if isinstance(strategy, strategies.NodeAffinitySchedulingStrategy):
        fits = _core.process().run.cluster.total.holds(made)
        if not strategy.soft and (strategy.node_id != NODE or not fits):
            made.refusal = (
                "The node specified via NodeAffinitySchedulingStrategy doesn't exist any more or "
                "is infeasible, and soft=False was specified."
            )
    return made


def _check_strategy(strategy: Any) -> None:
    from flagfall.ray.util import scheduling_strategies as strategies

    kinds = (
        type(None), str, strategies.PlacementGroupSchedulingStrategy,
        strategies.NodeAffinitySchedulingStrategy, strategies.NodeLabelSchedulingStrategy,
    )  # fmt: skip
    if not isinstance(strategy, kinds):
        raise TypeError(
            f"The type of keyword 'scheduling_strategy' must be {kinds}, but received type "
            f"{type(strategy)}"
        )
    if isinstance(strategy, str) and strategy not in ("DEFAULT", "SPREAD"):
        raise ValueError(
            f"Invalid scheduling_strategy value {strategy}. Valid values are "
            '["DEFAULT" | "SPREAD" | PlacementGroupSchedulingStrategy | '
            "NodeAffinitySchedulingStrategy]"
        )


def _check_labels(options: dict[str, Any], strategy: Any, made: Demand) -> None:
    from flagfall.ray.util import scheduling_strategies as strategies

    labels = _core.process().run.labels
    fits = selected(labels, options.get("label_selector") or {}) or any(
        selected(labels, one.get("label_selector") or {})
        for one in options.get("fallback_strategy") or []
    )
    if isinstance(strategy, strategies.NodeLabelSchedulingStrategy):
        fits = fits and matches(labels, strategy.hard)
    if not fits:
        made[NO_SUCH_NODE] = 1.0


def _check_group(
    group: Any, index: int, amounts: dict[str, float], name: str, for_actor: bool
) -> None:
    """Whether a bundle of the group has room for it, when the bundle is empty."""
    bundles = group.bundle_specs
    if index >= len(bundles) or index < -1:
        raise ValueError(
            f"placement group bundle index {index} is invalid. Valid placement group indexes: "
            f"0-{len(bundles)}"
        )
    if not _fits(amounts, bundles):
        raise ValueError(
            f"Cannot schedule {name} with the placement group because the resource request "
            f"{amounts} cannot fit into any bundles for the placement group, {bundles}."
        )
    if for_actor and not _fits({"CPU": 1}, bundles):
        raise ValueError(
            f"Cannot schedule {name} with the placement group because the actor requires 1 CPU for "
            f"creation, but it cannot fit into any bundles for the placement group, {bundles}. "
            "Consider creating a placement group with CPU resources."
        )


def _fits(amounts: dict[str, float], bundles: list[dict[str, float]]) -> bool:
    return any(
        all(bundle.get(name, 0) >= amount for name, amount in amounts.items())
        for bundle in bundles
    )


def current_demand() -> Demand | None:
    """What the current task or actor holds; `None` in the driver."""
    process: Any = _core.process()
    running = getattr(process, "running", None)
    task = getattr(running, "extra", None)
    found = getattr(process, "demand", None) or getattr(task, "demand", None)
    return found if isinstance(found, Demand) else None
