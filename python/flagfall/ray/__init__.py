"""Ray's interface in virtual time: the same program, without a cluster and without waiting.

`flagfall ray PROGRAM.py` runs a program that says `import ray`, unmodified. In a program of your
own, `import flagfall.ray as ray`; see `docs/ray.md`.
"""

from __future__ import annotations

from typing import Any

from flagfall._flagfall import ObjectRef
from flagfall.ray import exceptions as exceptions
from flagfall.ray._context import (
    available_resources as available_resources, cluster_resources as cluster_resources,
    get_gpu_ids as get_gpu_ids, nodes as nodes,
)  # fmt: skip
from flagfall.ray._control import cancel as cancel
from flagfall.ray._control import get_actor as get_actor
from flagfall.ray._control import kill as kill
from flagfall.ray._errors import MissingModule as MissingModule
from flagfall.ray._errors import NotSupported as NotSupported
from flagfall.ray._ids import (
    ActorID as ActorID, JobID as JobID, NodeID as NodeID, PlacementGroupID as PlacementGroupID,
    TaskID as TaskID, WorkerID as WorkerID,
)  # fmt: skip
from flagfall.ray._launch import Outcome as Outcome
from flagfall.ray._launch import run as run
from flagfall.ray._library import init as init
from flagfall.ray._library import is_initialized as is_initialized
from flagfall.ray._library import shutdown as shutdown
from flagfall.ray._objects import get as get
from flagfall.ray._objects import put as put
from flagfall.ray._objects import wait as wait
from flagfall.ray._remote import method as method
from flagfall.ray._remote import remote as remote
from flagfall.ray._results import DynamicObjectRefGenerator as DynamicObjectRefGenerator
from flagfall.ray._results import ObjectRefGenerator as ObjectRefGenerator
from flagfall.ray._runtime_context import get_runtime_context as get_runtime_context
from flagfall.ray._supported import absent

__version__ = "2.60.0"
#: A reference, by its old name.
ObjectID = ObjectRef


_absent = absent("ray")
_LATER = ("actor", "cloudpickle", "dag", "runtime_context", "runtime_env", "util")


def __getattr__(name: str) -> Any:
    if name in _LATER:
        import importlib

        return importlib.import_module(f"flagfall.ray.{name}")
    return _absent(name)


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext flagfall.ray`: the cells of the kernel run in virtual time."""
    from flagfall.ray._world import jupyter

    jupyter.load_ipython_extension(shell)


def unload_ipython_extension(shell: Any) -> None:
    """The cells run in real time again."""
    from flagfall.ray._world import jupyter

    jupyter.unload_ipython_extension(shell)


__all__ = ["ObjectRef"]
