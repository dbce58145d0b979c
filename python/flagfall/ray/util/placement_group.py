"""`ray.util.placement_group`: resources that are set aside for some tasks and actors."""

from __future__ import annotations

from typing import Any

from flagfall._flagfall import ObjectRef, Stored
from flagfall.ray import _core, _supported, exceptions
from flagfall.ray._demand import current_demand
from flagfall.ray._failures import Failure
from flagfall.ray._groups import Group
from flagfall.ray._handles import _asked
from flagfall.ray._ids import PlacementGroupID
from flagfall.ray._library import running
from flagfall.ray._objects import put
from flagfall.ray._process import question
from flagfall.ray._supported import absent

Bundle = dict[str, float]

VALID_PLACEMENT_GROUP_STRATEGIES = ("PACK", "SPREAD", "STRICT_PACK", "STRICT_SPREAD")

_NIL = "f" * 36


class PlacementGroup:
    """A handle of a placement group."""

    def __init__(self, id: PlacementGroupID, bundle_cache: list[Bundle] | None = None) -> None:
        self.id = id
        self.bundle_cache = bundle_cache

    @staticmethod
    def empty() -> PlacementGroup:
        """No group."""
        return PlacementGroup(PlacementGroupID(_NIL))

    @property
    def is_empty(self) -> bool:
        """Whether it is no group."""
        return self.id.is_nil()

    def ready(self) -> ObjectRef:
        """A reference that is there when the group is. Its value is the group."""
        if self.is_empty:
            return put(self)
        made = ObjectRef()
        stored = Stored(self)

        def answered(_: str, state: Any) -> None:
            if state == "CREATED":
                made.fill(stored)
            else:
                made.fail(Failure(exceptions.TaskPlacementGroupRemoved))

        question(running().run.cluster, "group_ready", self.id.hex(), answered)
        return made

    def wait(self, timeout_seconds: float = 30) -> bool:
        """Waits for the group. Returns whether it is there in that time."""
        thread, states = _core.thread(), list[str]()

        def answered(_: str, state: Any) -> None:
            states.append(state)
            _core.wake(thread)

        question(running().run.cluster, "group_ready", self.id.hex(), answered)
        _core.wait_until(lambda: bool(states), None if timeout_seconds < 0 else timeout_seconds)
        if states == ["REMOVED"]:
            raise Exception(f"Placement group {self.id} does not exist.")
        return bool(states)

    @property
    def bundle_specs(self) -> list[Bundle]:
        """The resources of each bundle."""
        if not self.bundle_cache:
            rows = _asked("group_rows", self.id.hex())
            self.bundle_cache = list(rows[0]["bundles"].values()) if rows else []
        return self.bundle_cache

    @property
    def bundle_count(self) -> int:
        """How many bundles it has."""
        return len(self.bundle_specs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlacementGroup) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)


def placement_group(
    bundles: list[Bundle],
    strategy: str | None = None,
    name: str = "",
    lifetime: str | None = None,
    _soft_target_node_id: str | None = None,
    bundle_label_selector: list[dict[str, str]] | None = None,
    topology_strategy: dict[str, str] | None = None,
) -> PlacementGroup:
    """Sets resources aside, as soon as they are free.

    Raises:
        ValueError: a bundle, the strategy or the lifetime cannot be.
    """
    from flagfall.ray._actor import Actor

    process = running()
    _supported.check(
        "ray.util.placement_group.placement_group",
        {
            "bundle_label_selector": bundle_label_selector or None,
            "topology_strategy": topology_strategy,
            "_soft_target_node_id": _soft_target_node_id,
        },
    )
    if strategy is not None and strategy not in VALID_PLACEMENT_GROUP_STRATEGIES:
        raise ValueError(
            f"Invalid placement group strategy {strategy}. "
            f"Supported strategies are: {{{str(VALID_PLACEMENT_GROUP_STRATEGIES)[1:-1]}}}."
        )
    _check_bundles(bundles)
    if lifetime not in (None, "detached"):
        raise ValueError(
            "Placement group `lifetime` argument must be either `None` or 'detached'. "
            f"Got {lifetime}."
        )
    specs = [{kind: float(amount) for kind, amount in one.items()} for one in bundles]
    wanted = [{kind: amount for kind, amount in one.items() if amount} for one in specs]
    creator = process if isinstance(process, Actor) and lifetime is None else None
    group = Group(name or "", process.namespace, wanted, strategy or "PACK", creator)
    refused = _asked("group_new", group)
    if refused is not None:
        raise exceptions.RaySystemError(refused)
    return PlacementGroup(PlacementGroupID(group.id), specs)


def _check_bundles(bundles: object) -> None:
    if not isinstance(bundles, list):
        raise ValueError(f"Placement group bundles must be a list, got {type(bundles)}.")
    if not bundles:
        raise ValueError(
            "Bundles must be a non-empty list of resource dictionaries. For example: "
            '`[{"CPU": 1.0}, {"GPU": 1.0}]`. Got empty list instead.'
        )
    for bundle in bundles:
        if not isinstance(bundle, dict) or not all(
            isinstance(name, str) and isinstance(amount, (int, float))
            for name, amount in bundle.items()
        ):
            raise ValueError(
                "Bundles must be a non-empty list of resource dictionaries. For example: "
                '`[{"CPU": 1.0}, {"GPU": 1.0}]`.'
            )
        if not any(bundle.values()):
            raise ValueError(
                "Bundles cannot be an empty dictionary or resources with only 0 values. "
                f"Bundles: {bundles}"
            )


def remove_placement_group(placement_group: PlacementGroup) -> None:
    """Gives the resources of a group back. What runs in it ends."""
    assert placement_group is not None
    running()
    _asked("group_remove", placement_group.id.hex())


def get_placement_group(placement_group_name: str) -> PlacementGroup:
    """The group of that name.

    Raises:
        ValueError: there is none.
    """
    if not placement_group_name:
        raise ValueError("Please supply a non-empty value to get_placement_group")
    found = _asked("group_named", (running().namespace, placement_group_name))
    if found is None:
        raise ValueError(f"Failed to look up placement group with name: {placement_group_name}")
    return PlacementGroup(PlacementGroupID(found))


def placement_group_table(placement_group: PlacementGroup | None = None) -> dict[str, Any]:
    """What is known of a group, or of all by their identifiers."""
    running()
    if placement_group is None:
        return {row["placement_group_id"]: row for row in _asked("group_rows", None)}
    rows = _asked("group_rows", placement_group.id.hex())
    return dict(rows[0]) if rows else {}


def get_current_placement_group() -> PlacementGroup | None:
    """The group in which the current task or actor runs."""
    running()
    demand = current_demand()
    if demand is None or demand.group is None:
        return None
    return PlacementGroup(PlacementGroupID(demand.group))

__getattr__ = absent("ray.util.placement_group")
