"""The GPUs of the current task or actor, as programs see them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flagfall.ray._world import environment

if TYPE_CHECKING:
    from flagfall.ray._process import Process

_VARIABLE = "CUDA_VISIBLE_DEVICES"


def show_gpus(process: Process, gpus: list[int]) -> None:
    """Says which GPUs the task or actor has that begins in that process, in the variable that
    libraries read."""
    before = process.local.get("gpus")
    process.local["gpus"] = gpus
    if gpus:
        environment.inherit(process, {_VARIABLE: ",".join(map(str, gpus))})
    elif before:
        # The last task in this process had some.
        os.environ.pop(_VARIABLE, None)
