"""Ends of virtual processes in the middle of their code: `os._exit`, and signals that kill."""

from __future__ import annotations

import os
import signal
from typing import Any, NoReturn

from flagfall import _flagfall
from flagfall.ray import _core
from flagfall.ray._errors import NotSupported
from flagfall.ray._world._inside import here
from flagfall.ray._world.output import pid
from flagfall.ray._world.patches import Patches

_DEADLY = ("SIGKILL", "SIGTERM", "SIGABRT", "SIGSEGV", "SIGQUIT", "SIGHUP", "SIGBUS", "SIGILL", "SIGFPE")


def _exit(status: int) -> NoReturn:
    """Ends the process that runs now, and no other. Nothing is cleaned up, as in a real one."""
    process: Any = here()
    if process.is_driver:
        process.run.result, process.run.finished = status, True
        _flagfall.end_run()
    else:
        _flagfall.fail(f"os._exit({status})")
    _core.never()


def _kill(number: int, which: int, /) -> None:
    process: Any = here()
    found = [one for one in process.run.processes_made if pid(one) == number]
    if not found or found[0].is_over:
        raise ProcessLookupError(3, "No such process")
    if which == 0:
        return
    name = signal.Signals(which).name
    if name not in _DEADLY:
        raise NotSupported(
            f"os.kill with {name} is not supported in simulated code: a handler would run at any "
            "point of the program. Call a method of an actor, or use ray.cancel"
        )
    if found[0] is process:
        _exit(128 + which)
    _flagfall.kill(found[0])


def _abort() -> NoReturn:
    _exit(128 + signal.SIGABRT)


def install(patches: Patches) -> None:
    """Lets what ends a process end the virtual one."""
    patches.either(os, "_exit", _exit)
    patches.either(os, "kill", _kill)
    patches.either(os, "abort", _abort)
