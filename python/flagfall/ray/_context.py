"""What a program can ask of the cluster and of itself."""

from __future__ import annotations

from typing import Any

from flagfall.ray import _core
from flagfall.ray._handles import _asked
from flagfall.ray._library import running
from flagfall.ray.exceptions import RaySystemError

#: The one node, and its address.
NODE = f"{1:056x}"
ADDRESS = "127.0.0.1"


def cluster_resources() -> dict[str, float]:
    """What the cluster has in all.

    Raises:
        RaySystemError: it is not started.
    """
    run = _core.process().run
    if not run.initialized:
        raise RaySystemError("Ray has not been started yet. You can start Ray with 'ray.init()'.")
    found: dict[str, float] = run.cluster.total.amounts()
    return found


def available_resources() -> dict[str, float]:
    """What is free.

    Raises:
        RaySystemError: the cluster is not started.
    """
    cluster_resources()
    found: dict[str, float] = _asked("available", None)
    return found


def nodes() -> list[dict[str, Any]]:
    """The nodes: one."""
    return [
        {
            "NodeID": NODE,
            "Alive": True,
            "NodeManagerAddress": ADDRESS,
            "NodeManagerHostname": "localhost",
            "NodeManagerPort": 0,
            "ObjectManagerPort": 0,
            "ObjectStoreSocketName": "",
            "RayletSocketName": "",
            "MetricsExportPort": 0,
            "MetricsAgentPort": 0,
            "DashboardAgentListenPort": 0,
            "NodeName": ADDRESS,
            "RuntimeEnvAgentPort": 0,
            "DeathReason": 0,
            "DeathReasonMessage": "",
            "Resources": cluster_resources(),
            "alive": True,
            "Labels": dict(running().run.labels),
        }
    ]


def get_gpu_ids() -> list[int]:
    """The numbers of the GPUs that the current task or actor has."""
    found: list[int] = running().local.get("gpus", [])
    return list(found)
