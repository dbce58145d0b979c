"""Ctrl-C during a study on a cluster: noted at once, and raised between two steps only.

Ray is not made to be interrupted anywhere. An exception inside one of its calls may be swallowed
there, become another one, or leave a connection that is half made.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType, TracebackType
from typing import Any

_LOOK = 0.1
"""Seconds between two looks whether Ctrl-C was pressed, while a command runs."""


class Interrupts:
    """Notes Ctrl-C within a `with`, for `look` to raise. The second one is not held back.

    What is raised comes from the handler that was there before, and at the end at the latest,
    instead of whatever else failed. Without such a handler, or in another thread than the main one,
    this does nothing: no signal is handled there.
    """

    def __init__(self, again: Callable[[], object] | None = None) -> None:
        """`again` is what the second Ctrl-C does, if it is not to be raised as well."""
        self._again = again
        self._usual: Callable[[int, FrameType | None], Any] | None = None
        self._pressed = 0
        self._holds = True

    def look(self) -> None:
        """Raises what Ctrl-C raises, if it was pressed."""
        if self._pressed and self._usual is not None:
            self._usual(signal.SIGINT, None)
            # That handler does not want an end.
            self._pressed = 0

    @contextlib.contextmanager
    def free(self) -> Iterator[None]:
        """Lets Ctrl-C through at any place, for what can be interrupted and may take long."""
        try:
            self._holds = False
            # From here on, it raises by itself.
            self.look()
            yield
        finally:
            self._holds = True

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._pressed += 1
        if self._pressed > 1 and self._again is not None:
            self._again()
        if self._usual is not None and (self._pressed > 1 or not self._holds):
            self._usual(number, frame)
            self._pressed = 0

    def __enter__(self) -> Interrupts:
        usual = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is threading.main_thread() and callable(usual):
            self._usual = usual
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        if self._usual is not None:
            signal.signal(signal.SIGINT, self._usual)
        if kind is None or not issubclass(kind, KeyboardInterrupt):
            self.look()


def ended(
    words: Sequence[str], *, stdout: int | None = subprocess.PIPE, seconds: float | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Runs a command to its end, or to that of Ctrl-C, and returns how it ended.

    Raises:
        TimeoutExpired: it took more than so many seconds.
    """
    looks = 0
    with Interrupts() as interrupts, subprocess.Popen(words, stdout=stdout, stderr=subprocess.PIPE) as process:
        try:
            while True:
                interrupts.look()
                try:
                    out, told = process.communicate(timeout=_LOOK)
                    break
                except subprocess.TimeoutExpired:
                    looks += 1
                    if seconds is not None and looks * _LOOK >= seconds:
                        raise
        except BaseException:
            process.kill()
            raise
        if process.returncode in (-signal.SIGINT, 128 + signal.SIGINT):
            # A terminal gives it to all of its processes. This one may be the last to get it.
            time.sleep(_LOOK)
    return subprocess.CompletedProcess(words, process.returncode, out, told)
