"""Tracebacks without the frames of this package."""

from __future__ import annotations

import os
import types

import flagfall

_OURS = os.path.dirname(os.path.abspath(flagfall.__file__)) + os.sep


def is_ours(frame: types.FrameType) -> bool:
    """Whether it is code of this package."""
    return frame.f_code.co_filename.startswith(_OURS)


def stripped(trace: types.TracebackType | None) -> types.TracebackType | None:
    """The traceback as it would be without simulation: a call of `time.sleep` has no frame."""
    kept = []
    while trace is not None:
        if not is_ours(trace.tb_frame):
            kept.append(trace)
        trace = trace.tb_next
    made: types.TracebackType | None = None
    for one in reversed(kept):
        made = types.TracebackType(made, one.tb_frame, one.tb_lasti, one.tb_lineno)
    return made


def strip(error: BaseException) -> None:
    """Strips the traceback of an error, and of those that led to it."""
    seen: set[int] = set()
    ahead: list[BaseException | None] = [error]
    while ahead:
        one = ahead.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__ = stripped(one.__traceback__)
        ahead += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
