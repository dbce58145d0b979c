"""Studies on a Ray cluster: each task runs one shard, and its file comes here.

From the ground up: `_pieces` (which parts are still to be run), `_pace` (how large a task is),
`_task` (what a node does), `_cluster` (the calls of Ray), `_driver` (tasks in flight), `_programs`
(the command here), `_functions` (a function as the model), `_study` (all of it).
"""

from __future__ import annotations

import pathlib

from flagfall._on_ray._functions import Function
from flagfall._on_ray._programs import Command, Library, Program
from flagfall._on_ray._study import Interrupted, run_on
from flagfall._progress import Progress


def interruptible(program: Program, where: str, progress: Progress, *, shared: bool) -> pathlib.Path:
    """As `run_on`; Ctrl-C is what it is in Python."""
    try:
        return run_on(program, where, progress, shared=shared)
    except Interrupted:
        raise KeyboardInterrupt from None


__all__ = ["Command", "Function", "Interrupted", "Library", "interruptible", "run_on"]
