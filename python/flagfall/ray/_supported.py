"""What of Ray is not here, and how a program is told."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn

from flagfall._flagfall import current_process
from flagfall.ray._errors import MissingModule, NotSupported

#: The section of the documentation that lists what there is.
PAGE = "docs/ray.md#what-of-ray-there-is"

INIT = "ray.init"
OF_TASKS = "ray.remote of a function"
OF_ACTORS = "ray.remote of a class"
OF_METHODS = "options of a method"
ENVIRONMENT = "runtime_env"

_Names = dict[str, frozenset[str]]

#: Options that change nothing which a program can see here: how a real cluster looks, logs and
#: keeps its files.
WITHOUT_EFFECT: _Names = {
    INIT: frozenset(
        "include_dashboard dashboard_host dashboard_port configure_logging logging_level "
        "logging_format enable_resource_isolation cgroup_path system_reserved_cpu "
        "system_reserved_memory proxy_server_url _driver_object_store_memory "
        "_enable_object_reconstruction _metrics_export_port _object_spilling_directory "
        "_plasma_directory _redis_password _redis_username _skip_env_hook _temp_dir".split()
    ),
    OF_TASKS: frozenset({"enable_task_events", "_labels"}),
    OF_ACTORS: frozenset({"enable_task_events", "_labels"}),
    OF_METHODS: frozenset({"enable_task_events", "_labels"}),
    ENVIRONMENT: frozenset({"config", "excludes", "_inject_current_ray", "_ray_commit", "_ray_release"}),
    "ray.get": frozenset({"_use_object_store"}),
    "ray.wait": frozenset({"fetch_local"}),
    "ray.shutdown": frozenset({"wait_for_processes", "_exiting_interpreter"}),
}

#: Options without effect that may change what a program does on a cluster: it is told of them.
NOTED: _Names = {
    INIT: frozenset({"_node_ip_address", "_node_name", "_system_config", "_tracing_startup_hook"}),
    ENVIRONMENT: frozenset(
        "conda container image_uri java_jars pip py_executable py_modules uv working_dir _nsight "
        "_rocprof_sys".split()
    ),
}

#: Options that are refused.
REFUSED: _Names = {
    INIT: frozenset({"job_config", "logging_config"}),
    OF_TASKS: frozenset({"_num_objects_per_yield"}),
    OF_ACTORS: frozenset({"enable_tensor_transport", "_actor_generator_backpressure_num_objects"}),
    OF_METHODS: frozenset({"tensor_transport", "_num_objects_per_yield"}),
    ENVIRONMENT: frozenset({"worker_process_setup_hook"}),
    "ray.put": frozenset({"_owner", "_tensor_transport"}),
    "ray.util.placement_group.placement_group": frozenset(
        {"bundle_label_selector", "topology_strategy", "_soft_target_node_id"}
    ),
}

#: Values that say the same as an option that is left out.
_UNSET = (None, False, 1, -1, "")


def missing(name: str) -> MissingModule:
    """The error for a name of Ray that does not exist here. It is an `ImportError`, too, which
    programs catch where they can do without."""
    return MissingModule(f"{name} is not supported in virtual time; {PAGE} lists what is", name=name)


def absent(module: str) -> Callable[[str], NoReturn]:
    """The `__getattr__` of a module that stands for that one of Ray."""

    def absent_name(name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        raise missing(f"{module}.{name}")

    return absent_name


def check(of: str, options: dict[str, Any]) -> None:
    """Refuses options that are not honoured, and tells of those without effect.

    Raises:
        NotSupported: one is refused.
    """
    refused, noted = REFUSED.get(of, frozenset()), NOTED.get(of, frozenset())
    for name, value in options.items():
        if name in refused and not any(value is one for one in _UNSET):
            raise NotSupported(
                f"{name} of {of} is not supported in virtual time; leave it out. {PAGE} lists what is"
            )
        if name in noted or (of == ENVIRONMENT and not _is_known(name)):
            _tell(f"note: {name} of {of} has no effect in virtual time: see {PAGE}")


def _is_known(name: str) -> bool:
    return name == "env_vars" or any(name in part[ENVIRONMENT] for part in (WITHOUT_EFFECT, REFUSED))


_told: set[str] = set()


def _tell(text: str) -> None:
    """Says it once for an interpreter: a search runs a program many times."""
    if text not in _told:
        _told.add(text)
        process: Any = current_process()
        # What the program has put in the place of the stream may keep the text to itself.
        print(text, file=sys.stderr if process is None else process.run.notes)
