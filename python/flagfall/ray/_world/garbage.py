"""Garbage in cycles. An actor ends with its last handle, and a program may have finalizers.

Python collects garbage after so many new objects, and how many there are depends on what the
interpreter did before. In a run, the engine collects it after so many messages: so it happens at
the same place each time. A collection looks at the objects of the run alone.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from flagfall.ray._world.patches import Patches


def hold() -> Callable[[], object]:
    """Stops Python's own collections. What comes back lets them go on."""
    enabled = gc.isenabled()
    gc.disable()
    gc.freeze()

    def release() -> None:
        # Before the older objects are back: so it costs little.
        gc.collect()
        gc.unfreeze()
        (gc.enable if enabled else gc.disable)()

    return release


def install(patches: Patches) -> None:
    """Lets programs that stop the collector go on with it in name only: its own times would come
    back otherwise."""
    patches.either(gc, "enable", lambda: None)
