"""What virtual processes print: the driver plainly, the others with their name, as Ray does."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable
from typing import Any

from flagfall.ray import _core
from flagfall.ray._world._inside import here
from flagfall.ray._world.patches import Patches

_FIRST_PID = 1_000
_NAME = re.compile(r"([^/\[]*)(?:\[[^/]*\])?$")


def pid(process: _core.Process) -> int:
    """The number that stands for the process number of the operating system."""
    return _FIRST_PID + process.number


def title(process: _core.Process) -> str:
    """What Ray shows before a line: the name of the task, or of the actor's class."""
    given = process.local.get("title")
    if given is not None:
        return str(given)
    found = _NAME.search(process.path)
    return found[1] if found is not None else process.path


class Output(io.TextIOBase):
    """Standard output or error. What a worker prints is shown line by line."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self._begun: dict[_core.Process, str] = {}
        self.copy: Callable[[str], object] | None = None
        """Gets all that is shown, too: a notebook keeps it."""

    def write(self, text: str, /) -> int:
        process = here()
        if process is None or process.is_driver:
            self._put(text)
            return len(text)
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        *lines, rest = (self._begun.pop(process, "") + text).split("\n")
        self._show(process, lines)
        if rest:
            self._begun[process] = rest
        return len(text)

    def _show(self, process: _core.Process, lines: list[str]) -> None:
        if not process.run.shows_workers:
            return
        head = f"({title(process)} pid={pid(process)})"
        for line in lines:
            self._put(f"{head} {line}\n")

    def _put(self, text: str) -> None:
        self._real.write(text)
        if self.copy is not None:
            self.copy(text)

    def show(self, text: str) -> None:
        """Shows a line that is no printed text."""
        self._real.write(f"{text}\n")

    def finish(self, process: _core.Process | None = None) -> None:
        """Shows the line that a process has begun; without one, those of all."""
        for one in [process] if process is not None else list(self._begun):
            if one in self._begun:
                self._show(one, [self._begun.pop(one)])

    def flush(self) -> None:
        self._real.flush()

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return bool(self._real.isatty())

    def fileno(self) -> int:
        return int(self._real.fileno())

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return str(getattr(self._real, "encoding", None) or "utf-8")

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return getattr(self._real, "errors", None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def close(self) -> None:
        # The end of this object must not end the real output.
        pass


def finish(process: _core.Process) -> None:
    """Shows what a process has printed without an end of line. Call it when it ends."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, Output):
            stream.finish(process)


def _pid_here() -> int:
    process = here()
    assert process is not None
    return pid(process)


def _parent_pid() -> int:
    process = here()
    creator = None if process is None else process.creator
    return 1 if creator is None else pid(creator)


def install(patches: Patches) -> None:
    """Puts names before the lines of workers, and gives processes numbers that repeat."""
    for name in ("stdout", "stderr"):
        made = Output(getattr(sys, name))
        patches.replace(sys, name, made)
        patches.later(made.finish)
    patches.either(os, "getpid", _pid_here)
    patches.either(os, "getppid", _parent_pid)
