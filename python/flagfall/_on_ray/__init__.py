"""Studies on a Ray cluster: each task runs one shard, and its file comes here.

From the ground up: `_pieces` (which parts are still to be run), `_pace` (how large a task is),
`_task` (what a node does), `_interrupts` (Ctrl-C), `_cluster` (the calls of Ray), `_driver` (tasks
in flight), `_programs` (the command here), `_functions` (a function as the model), `_study` (all of
it).
"""

from __future__ import annotations

from flagfall._on_ray._functions import Function
from flagfall._on_ray._programs import Command, Library
from flagfall._on_ray._study import Interrupted, run_on

__all__ = ["Command", "Function", "Interrupted", "Library", "run_on"]
