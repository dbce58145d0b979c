"""Deterministic discrete-event simulation: every run reproducible from its seed."""

from flagfall import statistics
from flagfall._errors import (
    DifferentError,
    FileError,
    FlagfallError,
    FlagfallWarning,
    RunError,
    UsageError,
)
from flagfall._run import Measure, Run, run
from flagfall._scenario import Scenario, Verified, verify
from flagfall._stream import Stream, stream

__all__ = [
    "DifferentError",
    "FileError",
    "FlagfallError",
    "FlagfallWarning",
    "Measure",
    "Run",
    "RunError",
    "Scenario",
    "Stream",
    "UsageError",
    "Verified",
    "run",
    "statistics",
    "stream",
    "verify",
]

for _public in (DifferentError, FileError, FlagfallError, FlagfallWarning, Measure, Run, RunError,
                Scenario, Stream, UsageError, Verified, run, stream, verify):  # fmt: skip
    # Messages and pickles name what users name.
    _public.__module__ = "flagfall"
del _public
