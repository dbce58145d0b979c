"""The options of `ray.remote` and `.options`, and which values they can have."""

from __future__ import annotations

from typing import Any

_BOTH = {
    "accelerator_type", "label_selector", "memory", "name", "num_cpus", "num_gpus",
    "object_store_memory", "placement_group", "placement_group_bundle_index",
    "placement_group_capture_child_tasks", "resources", "runtime_env", "scheduling_strategy",
    "enable_task_events", "_labels", "_metadata", "fallback_strategy",
}  # fmt: skip
OF_TASKS = _BOTH | {
    "max_calls", "max_retries", "num_returns", "retry_exceptions",
    "_generator_backpressure_num_objects",
}  # fmt: skip
OF_ACTORS = _BOTH | {
    "allow_out_of_order_execution", "concurrency_groups", "get_if_exists", "lifetime",
    "max_concurrency", "max_pending_calls", "max_restarts", "max_task_retries", "namespace",
    "enable_tensor_transport",
}  # fmt: skip


def checked(options: dict[str, Any], *, of_actor: bool) -> dict[str, Any]:
    """Those options, if Ray has them and they can have those values.

    Raises:
        ValueError: it has not, or they cannot.
    """
    known = OF_ACTORS if of_actor else OF_TASKS
    for name, value in options.items():
        if name not in known:
            kind = "actors" if of_actor else "tasks"
            raise ValueError(
                f"Invalid option keyword {name} for {kind}. Valid ones are {sorted(known)}."
            )
        if name in ("num_cpus", "num_gpus", "memory") and value is not None and value < 0:
            raise ValueError(
                f"The keyword '{name}' only accepts None, 0 or a positive number, where None "
                "represents the default value."
            )
    resources = options.get("resources") or {}
    for name in ("CPU", "GPU"):
        if name in resources:
            raise ValueError(
                "Use the 'num_cpus' and 'num_gpus' keyword instead of 'CPU' and 'GPU' in "
                "'resources' keyword"
            )
    wanted = options.get("num_returns")
    if wanted is not None and not (
        wanted in ("dynamic", "streaming") or (isinstance(wanted, int) and wanted >= 0)
    ):
        raise ValueError(
            "The keyword 'num_returns' only accepts None, a non-negative integer, \"streaming\" "
            '(for generators), or "dynamic" where None represents the default value.'
        )
    if options.get("lifetime") not in (None, "detached", "non_detached"):
        raise ValueError(
            "actor `lifetime` argument must be one of 'detached', 'non_detached' and None."
        )
    return options
