"""`get_runtime_context`: what a task or an actor can know of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flagfall.ray import _cancel, _core
from flagfall.ray._actor import Actor
from flagfall.ray._context import ADDRESS, NODE, get_gpu_ids
from flagfall.ray._demand import Demand, current_demand
from flagfall.ray._handles import ActorHandle
from flagfall.ray._ids import ActorID, JobID, NodeID, PlacementGroupID, TaskID, WorkerID
from flagfall.ray._library import running
from flagfall.ray._worker import Worker

_JOB = "01000000"
_ACCELERATORS = ("FURIOSA", "GPU", "HPU", "MBLT", "NPU", "RBLN", "TPU", "TTNPU", "neuron_cores")
_NOT_IN_THE_DRIVER = (
    "This method is only available when the process is a                 worker. Current mode: 0"
)


class RuntimeContext:
    """What the current task or actor can know of itself."""

    def __init__(self) -> None:
        running()

    @property
    def _process(self) -> Any:
        return _core.process()

    @property
    def _call(self) -> Any:
        """The call that runs, of a task or of a method."""
        return _cancel.running.get()

    # --- the program and its node ------------------------------------------

    def get_job_id(self) -> str:
        """Of the program."""
        return _JOB

    @property
    def job_id(self) -> JobID:
        """The identifier of the program."""
        return JobID(_JOB)

    def get_node_id(self) -> str:
        """Of the node."""
        return NODE

    @property
    def node_id(self) -> NodeID:
        """The identifier of the node."""
        return NodeID(NODE)

    def get_node_labels(self) -> dict[str, str]:
        """The labels of the node."""
        return dict(self._process.run.labels)

    def get_worker_id(self) -> str:
        """Of the process."""
        process = self._process
        return _JOB + "f" * 48 if process.is_driver else f"{process.number:056x}"

    @property
    def worker_id(self) -> WorkerID:
        """The identifier of the process."""
        return WorkerID(self.get_worker_id())

    @property
    def namespace(self) -> str:
        """The namespace."""
        return str(self._process.namespace)

    @property
    def gcs_address(self) -> str:
        """The address of the cluster."""
        return f"{ADDRESS}:6379"

    def get_session_name(self) -> str:
        """The name of the cluster."""
        return "session"

    def get_runtime_env_string(self) -> str:
        """The environment, as JSON."""
        return "{}"

    @property
    def runtime_env(self) -> dict[str, Any]:
        """The environment."""
        return {}

    # --- the task ----------------------------------------------------------

    def get_task_id(self) -> str | None:
        """Of the task that runs."""
        if self._process.is_driver:
            return None
        call = self._call
        references = [] if call is None else call.references
        if references:
            return str(references[0].hex())[:48]
        # A task without results, or the constructor of an actor.
        found = getattr(getattr(call, "extra", None), "id", "")
        return found or f"{'f' * 16}{self._process.number:024x}{_JOB}"

    @property
    def task_id(self) -> TaskID:
        """The identifier of the task that runs."""
        assert not self._process.is_driver, _NOT_IN_THE_DRIVER
        return TaskID(str(self.get_task_id()))

    def get_task_name(self) -> str | None:
        """The name of the task that runs."""
        process, call = self._process, self._call
        if isinstance(process, Actor):
            plain = f"{process.class_name}.{'__init__' if call is None else call.name}"
            return str(getattr(getattr(call, "extra", None), "name", plain))
        return str(call.extra.name) if call is not None else None

    def get_task_function_name(self) -> str | None:
        """The function of the task that runs, with its module."""
        process, call = self._process, self._call
        if isinstance(process, Actor):
            method = "__init__" if call is None else call.name
            module = _module(process, type(process.instance).__module__)
            return f"{module}.{process.class_name}.{method}"
        if call is None:
            return None
        module, _, name = call.extra.function_name.rpartition(".")
        return f"{_module(process, module)}.{name}"

    def is_canceled(self) -> bool:
        """Whether somebody has cancelled the task."""
        process = self._process
        if process.is_driver:
            raise RuntimeError(
                "This method is only available when the process is a worker. Current mode: 0"
            )
        if isinstance(process, Actor) and process.is_async:
            raise RuntimeError("This method is not supported in an async actor.")
        call = self._call
        if isinstance(process, Actor):
            return call is not None and call.cancelled
        return bool(getattr(getattr(call, "extra", None), "cancelled", False))

    # --- the actor ---------------------------------------------------------

    def get_actor_id(self) -> str | None:
        """Of the actor; `None` in tasks and the driver."""
        process = self._process
        return process.life.id if isinstance(process, Actor) else None

    @property
    def actor_id(self) -> ActorID | None:
        """The identifier of the actor."""
        assert not self._process.is_driver, _NOT_IN_THE_DRIVER
        found = self.get_actor_id()
        return None if found is None else ActorID(found)

    def get_actor_name(self) -> str | None:
        """The name of the actor."""
        process = self._process
        return (process.options.get("name") or "") if isinstance(process, Actor) else None

    @property
    def current_actor(self) -> ActorHandle:
        """A handle of the actor itself."""
        process = self._process
        if not isinstance(process, Actor):
            raise RuntimeError("This method is only available in an actor.")
        handle: ActorHandle = process.handle()
        return handle

    @property
    def was_current_actor_reconstructed(self) -> bool:
        """Whether the actor was restarted."""
        process = self._process
        assert not process.is_driver, _NOT_IN_THE_DRIVER
        return isinstance(process, Actor) and process.restarts > 0

    # --- its resources -----------------------------------------------------

    def get_assigned_resources(self) -> dict[str, float]:
        """What the task or actor holds."""
        assert not self._process.is_driver, _NOT_IN_THE_DRIVER
        demand = current_demand()
        plain = getattr(demand, "plain", demand) or {}
        return {name: float(amount) for name, amount in plain.items()}

    def get_accelerator_ids(self) -> dict[str, list[str]]:
        """The numbers of its devices, for each kind."""
        found: dict[str, list[str]] = {kind: [] for kind in _ACCELERATORS}
        found["GPU"] = [str(one) for one in get_gpu_ids()]
        return found

    get_resource_ids = get_accelerator_ids

    def get_placement_group_id(self) -> str | None:
        """Of the placement group in which it runs."""
        demand = current_demand()
        return demand.group if isinstance(demand, Demand) else None

    @property
    def current_placement_group_id(self) -> PlacementGroupID:
        """The identifier of the placement group."""
        return PlacementGroupID(self.get_placement_group_id() or "f" * 36)

    @property
    def should_capture_child_tasks_in_placement_group(self) -> bool:
        """Whether what it submits goes into its placement group, too."""
        demand = current_demand()
        return isinstance(demand, Demand) and demand.captures

    def get(self) -> dict[str, Any]:
        """All of it."""
        found: dict[str, Any] = {
            "job_id": self.job_id, "node_id": self.node_id, "namespace": self.namespace,
        }  # fmt: skip
        if not self._process.is_driver:
            found["task_id"] = self.task_id
        if isinstance(self._process, Actor):
            found["actor_id"] = self.actor_id
        return found


def _module(process: Any, name: str) -> str:
    """The name of a module, as it is when the program is imported: its own is not `__main__`."""
    path = process.run.program
    return Path(path).stem if name == "__main__" and path is not None else name


def get_runtime_context() -> RuntimeContext:
    """What the current task or actor can know of itself."""
    return RuntimeContext()
