"""`init`, `shutdown`, and who runs now."""

from __future__ import annotations

import platform
from typing import Any

from flagfall.ray import _core
from flagfall.ray._process import Process


class RayContext(dict[str, Any]):
    """What `init` returns: it can be used with `with`, and has the addresses as items."""

    dashboard_url = ""
    python_version = platform.python_version()
    ray_version = "2.60.0"
    ray_commit = ""

    @property
    def address_info(self) -> dict[str, Any]:
        """The addresses."""
        return dict(self)

    def __enter__(self) -> RayContext:
        return self

    def __exit__(self, *_: object) -> None:
        shutdown()

    def disconnect(self) -> None:
        """Ends the use of the cluster."""
        shutdown()

    def __repr__(self) -> str:
        return (
            f"RayContext(dashboard_url='{self.dashboard_url}', "
            f"python_version='{self.python_version}', ray_version='{self.ray_version}', "
            f"ray_commit='{self.ray_commit}')"
        )


def running() -> Process:
    """The process whose code runs now, with a cluster: as in Ray, the first use starts one."""
    process = _core.process()
    if not process.run.initialized:
        init()
    return process


def init(
    address: str | None = None,
    *,
    num_cpus: float | None = None,
    num_gpus: float | None = None,
    resources: dict[str, float] | None = None,
    namespace: str | None = None,
    ignore_reinit_error: bool = False,
    runtime_env: Any = None,
    object_store_memory: int | None = None,
    log_to_driver: bool | None = None,
    labels: dict[str, str] | None = None,
    _memory: int | None = None,
    **others: Any,
) -> RayContext:
    """Starts the cluster: from here on, tasks and actors can run.

    Options that say how a real cluster is started are taken and have no meaning here.

    Raises:
        RuntimeError: it is started already, without `ignore_reinit_error`, or Ray has not such an
            option.
        ValueError, TypeError, AssertionError, ConnectionError: an option cannot have that value.
    """
    from flagfall.ray import _init_options
    from flagfall.ray._context import NODE
    from flagfall.ray._options import checked

    process = _core.process()
    run = process.run
    if run.initialized:
        if not ignore_reinit_error:
            raise RuntimeError(
                "Maybe you called ray.init twice by accident? This error can be suppressed by "
                "passing in 'ignore_reinit_error=True' or by calling 'ray.shutdown()' prior to "
                "'ray.init()'."
            )
        return _context()
    _init_options.check(address, namespace, others)
    checked({"runtime_env": runtime_env}, of_actor=False)
    amounts = _init_options.totals(
        run.num_cpus if num_cpus is None else num_cpus,
        run.num_gpus if num_gpus is None else num_gpus,
        resources,
        _memory,
        object_store_memory,
    )
    run.begin(amounts, namespace, (runtime_env or {}).get("env_vars"))
    run.shows_workers = log_to_driver is not False
    run.labels = {"ray.io/node-id": NODE, **(labels or {})}
    return _context()


def _context() -> RayContext:
    return RayContext(
        node_ip_address="127.0.0.1",
        redis_address=None,
        object_store_address="",
        raylet_socket_name="",
        webui_url="",
        session_dir="",
        metrics_export_port=0,
        gcs_address="127.0.0.1:6379",
        address="127.0.0.1:6379",
        dashboard_agent_listen_port=0,
        node_id=f"{1:056x}",
    )


def shutdown(*, wait_for_processes: bool = False, _exiting_interpreter: bool = False) -> None:
    """Ends the cluster with all its tasks and actors. `init` starts a new one."""
    process = _core.current()
    if process is not None and process.run.initialized:
        process.run.end()


def is_initialized() -> bool:
    """Whether the cluster is started."""
    process = _core.current()
    return process is not None and process.run.initialized
