"""Signals in a run that Python code has started, such as Ctrl-C.

A handler that raises at any place could leave the world half patched, or its exception be taken for
the cancellation of a task. So the package takes note of the signal, and calls the handler between
two messages: what it raises ends the run. Only code of the program itself is interrupted at once,
because it may be in a long loop; and the run ends after that, whatever the program catches.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import signal
import sys
import types
from collections.abc import Callable
from typing import Any

from flagfall._flagfall import interrupt
from flagfall.ray._world.frames import is_ours

_PLACES = tuple({sys.prefix, sys.base_prefix})

_numbers = sorted(signal.valid_signals())
_handlers: dict[int, Callable[[int, types.FrameType | None], Any]] = {}
"""The handlers that were there before the run."""
_noted: list[int] = []
_raised: list[BaseException] = []
"""What a handler has raised in code of the program."""


def _is_of_program(frame: types.FrameType | None) -> bool:
    """Whether code of the program runs, maybe in a library that it has called."""
    while frame is not None and not is_ours(frame):
        name = frame.f_code.co_filename
        if not name.startswith(("<", *_PLACES)):
            return True
        frame = frame.f_back
    return False


def _note(number: int, frame: types.FrameType | None) -> None:
    interrupt()
    if not _is_of_program(frame):
        _noted.append(number)
        return
    try:
        _handlers[number](number, frame)
    except BaseException as error:
        _raised.append(error)
        raise


def deliver() -> None:
    """Calls the handlers of the signals that came. The engine does between two messages.

    Raises:
        Whatever a handler raises, or has raised in code of the program.
    """
    while _noted:
        number = _noted.pop(0)
        _handlers[number](number, None)
    if _raised:
        raise _raised.pop().with_traceback(None)


def is_of_handler(error: BaseException) -> bool:
    """Whether the handler of a signal raised that while the package's own code ran."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return not isinstance(error, Exception) or (trace is not None and not is_ours(trace.tb_frame))


def hold() -> Callable[[], object]:
    """From here on, signals are noted. What comes back puts the handlers back that were there."""
    _noted.clear()
    _raised.clear()
    # Not by `signal`, which takes a hundred times as long to name what it finds.
    found = {number: _signal.getsignal(number) for number in _numbers}
    _handlers.clear()
    _handlers.update((number, one) for number, one in found.items() if callable(one))

    def release() -> None:
        for number, handler in _handlers.items():
            _signal.signal(number, handler)
        deliver()

    try:
        for number in _handlers:
            _signal.signal(number, _note)
    except ValueError:
        # Only the main thread gets signals.
        return lambda: None
    return release
