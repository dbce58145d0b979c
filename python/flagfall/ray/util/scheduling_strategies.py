"""`ray.util.scheduling_strategies`: where a task or an actor is to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagfall.ray._supported import absent

if TYPE_CHECKING:
    from flagfall.ray.util.placement_group import PlacementGroup


class PlacementGroupSchedulingStrategy:
    """In a placement group: in one of its bundles, or in any of them (-1)."""

    def __init__(
        self,
        placement_group: PlacementGroup | None,
        placement_group_bundle_index: int = -1,
        placement_group_capture_child_tasks: bool | None = None,
    ) -> None:
        self.placement_group = placement_group
        self.placement_group_bundle_index = placement_group_bundle_index
        self.placement_group_capture_child_tasks = placement_group_capture_child_tasks


class NodeAffinitySchedulingStrategy:
    """On one node. If that node is not there, elsewhere (`soft`), or nowhere."""

    def __init__(
        self,
        node_id: Any,
        soft: bool,
        _spill_on_unavailable: bool = False,
        _fail_on_unavailable: bool = False,
    ) -> None:
        self.node_id: str = node_id if isinstance(node_id, str) else node_id.hex()
        self.soft = soft
        self._spill_on_unavailable = _spill_on_unavailable
        self._fail_on_unavailable = _fail_on_unavailable
        if not _names_a_node(self.node_id):
            raise ValueError(
                f"Invalid node_id '{self.node_id}'. Node ID must be a valid hex string. To get a "
                "list of all nodes and their IDs in your cluster, use ray.nodes(). See "
                "https://docs.ray.io/en/latest/ray-core/miscellaneous.html#node-information for "
                "more details."
            )
        if _spill_on_unavailable and not soft:
            raise ValueError(
                "_spill_on_unavailable cannot be set when soft is False. Please set soft to True "
                "to use _spill_on_unavailable."
            )
        if _fail_on_unavailable and soft:
            raise ValueError(
                "_fail_on_unavailable cannot be set when soft is True. Please set soft to False to "
                "use _fail_on_unavailable."
            )


def _names_a_node(text: str) -> bool:
    try:
        digits = bytes.fromhex(text)
    except ValueError:
        return False
    return len(digits) == 28 and digits != b"\xff" * 28


class _Operator:
    def __init__(self, *values: str) -> None:
        for value in values:
            if not isinstance(value, str):
                raise ValueError(
                    f"Type of value in position 0 for the {type(self).__name__} operator must be "
                    f'str (e.g. {type(self).__name__}("value1", "value2")) '
                    f"but got {value} of type {type(value)}."
                )
        self.values = list(values)


class In(_Operator):
    """The label has one of those values."""


class NotIn(_Operator):
    """The label has none of those values."""


class Exists:
    """The label is there."""


class DoesNotExist:
    """The label is not there."""


class NodeLabelSchedulingStrategy:
    """On a node with those labels."""

    def __init__(self, hard: dict[str, Any], *, soft: dict[str, Any] | None = None) -> None:
        if not hard and not soft:
            raise ValueError(
                "The `hard` and `soft` parameter of NodeLabelSchedulingStrategy cannot both be "
                "empty."
            )
        self.hard = hard
        self.soft = soft or {}

__getattr__ = absent("ray.util.scheduling_strategies")
