"""What a program can ask of the cluster and of itself."""

from __future__ import annotations

import os
from typing import Any


from flagfall.ray._actor import Actor
from flagfall.ray._handles import ActorHandle, _asked
from flagfall.ray._ids import ActorID, JobID, NodeID, TaskID, WorkerID
from flagfall.ray._library import running
from flagfall.ray._worker import Worker

#: The one node.
NODE = f"{1:056x}"


def cluster_resources() -> dict[str, float]:
    """What the cluster has in all."""
    return running().run.cluster.total.amounts()


def available_resources() -> dict[str, float]:
    """What is free."""
    running()
    found: dict[str, float] = _asked("available", None)
    return found


def nodes() -> list[dict[str, Any]]:
    """The nodes: one."""
    return [
        {
            "NodeID": NODE,
            "Alive": True,
            "NodeManagerAddress": "127.0.0.1",
            "NodeManagerHostname": "localhost",
            "NodeName": "127.0.0.1",
            "Resources": cluster_resources(),
            "alive": True,
            "Labels": {"ray.io/node-id": NODE},
        }
    ]


def get_gpu_ids() -> list[int]:
    """The numbers of the GPUs that the current task or actor has."""
    running()
    found = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    return [int(one) for one in found.split(",") if one]


class RuntimeContext:
    """What the current task or actor can know of itself."""

    def __init__(self) -> None:
        self._process = running()

    def get_job_id(self) -> str:
        """Of the program."""
        return "01000000"

    @property
    def job_id(self) -> JobID:
        """The identifier of the program."""
        return JobID(self.get_job_id())

    def get_node_id(self) -> str:
        """Of the node."""
        return NODE

    @property
    def node_id(self) -> NodeID:
        """The identifier of the node."""
        return NodeID(NODE)

    def get_worker_id(self) -> str:
        """Of the process."""
        return f"{self._process.number:056x}"

    @property
    def worker_id(self) -> WorkerID:
        """The identifier of the process."""
        return WorkerID(self.get_worker_id())

    def get_task_id(self) -> str | None:
        """Of the task that runs."""
        process = self._process
        if isinstance(process, Worker) and process.running is not None:
            return str(process.running.extra.id)
        return None if process.is_driver else f"{process.number:048x}"

    @property
    def task_id(self) -> TaskID | None:
        """The identifier of the task that runs."""
        found = self.get_task_id()
        return None if found is None else TaskID(found)

    def get_task_name(self) -> str | None:
        """The name of the task that runs."""
        process = self._process
        if isinstance(process, Worker) and process.running is not None:
            return str(process.running.extra.name)
        if isinstance(process, Actor) and process.running is not None:
            given = getattr(process.running.extra, "name", None)
            return given or f"{process.class_name}.{process.running.name}"
        return None

    def get_task_function_name(self) -> str | None:
        """The function of the task that runs."""
        return self.get_task_name()

    def get_actor_id(self) -> str | None:
        """Of the actor; `None` in tasks and the driver."""
        process = self._process
        return process.life.id if isinstance(process, Actor) else None

    @property
    def actor_id(self) -> ActorID | None:
        """The identifier of the actor."""
        found = self.get_actor_id()
        return None if found is None else ActorID(found)

    def get_actor_name(self) -> str | None:
        """The name of the actor."""
        process = self._process
        return (process.options.get("name") or "") if isinstance(process, Actor) else None

    @property
    def namespace(self) -> str:
        """The namespace."""
        return self._process.namespace

    @property
    def current_actor(self) -> ActorHandle:
        """A handle of the actor itself."""
        process = self._process
        if not isinstance(process, Actor):
            raise RuntimeError("This method is only available in an actor.")
        return process.handle()

    @property
    def was_current_actor_reconstructed(self) -> bool:
        """Whether the actor was restarted."""
        process = self._process
        if not isinstance(process, Actor):
            raise RuntimeError("This method is only available in an actor.")
        return process.restarts > 0

    def get_assigned_resources(self) -> dict[str, float]:
        """What the task or actor holds."""
        process = self._process
        if isinstance(process, Worker) and process.running is not None:
            return dict(process.running.extra.demand)
        return dict(process.demand) if isinstance(process, Actor) else {}

    def get_accelerator_ids(self) -> dict[str, list[str]]:
        """The GPUs."""
        return {"GPU": [str(one) for one in get_gpu_ids()]}

    def get_runtime_env_string(self) -> str:
        """The environment, as JSON."""
        return "{}"

    def get(self) -> dict[str, Any]:
        """All of it."""
        return {"job_id": self.job_id, "node_id": self.node_id, "namespace": self.namespace}


def get_runtime_context() -> RuntimeContext:
    """What the current task or actor can know of itself."""
    return RuntimeContext()


