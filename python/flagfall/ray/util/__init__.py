"""`ray.util`: what Ray builds on tasks and actors."""

from __future__ import annotations

from typing import Any

from flagfall.ray._context import ADDRESS
from flagfall.ray._handles import _asked
from flagfall.ray._library import running
from flagfall.ray._pickling import deregister_serializer as deregister_serializer
from flagfall.ray._pickling import register_serializer as register_serializer
from flagfall.ray._serialization import inspect_serializability as inspect_serializability
from flagfall.ray._supported import absent
from flagfall.ray.util import scheduling_strategies as scheduling_strategies
from flagfall.ray.util._helpers import as_completed as as_completed
from flagfall.ray.util._helpers import map_unordered as map_unordered
from flagfall.ray.util.actor_pool import ActorPool as ActorPool
from flagfall.ray.util.placement_group import (
    get_current_placement_group as get_current_placement_group,
    get_placement_group as get_placement_group, placement_group as placement_group,
    placement_group_table as placement_group_table,
    remove_placement_group as remove_placement_group,
)  # fmt: skip


def list_named_actors(all_namespaces: bool = False) -> list[Any]:
    """The names of the actors that live, in this namespace or in all."""
    process = running()
    names = _asked("names", None if all_namespaces else process.namespace)
    if all_namespaces:
        return [{"name": name, "namespace": namespace} for namespace, name in names]
    return [name for _, name in names]


def get_node_ip_address(address: str = "8.8.8.8:53") -> str:
    """The address of the node."""
    return ADDRESS


_absent = absent("ray.util")


def __getattr__(name: str) -> Any:
    if name == "queue":
        import importlib

        return importlib.import_module("flagfall.ray.util.queue")
    return _absent(name)


# A module of Ray has that name.
del annotations
