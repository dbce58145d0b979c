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
from flagfall._function_study import study
from flagfall._results import Comparison, Report, Study
from flagfall._run import Measure, Run, run
from flagfall._scenario import Scenario, Verified, verify
from flagfall._stream import Stream, stream
from flagfall._study import compare, report, sweep

__all__ = [
    "Comparison",
    "DifferentError",
    "FileError",
    "FlagfallError",
    "FlagfallWarning",
    "Measure",
    "Report",
    "Run",
    "RunError",
    "Scenario",
    "Stream",
    "Study",
    "UsageError",
    "Verified",
    "compare",
    "report",
    "run",
    "statistics",
    "stream",
    "study",
    "sweep",
    "verify",
]

for _public in (
    Comparison, DifferentError, FileError, FlagfallError, FlagfallWarning, Measure, Report, Run,
    RunError, Scenario, Stream, Study, UsageError, Verified, compare, report, run, stream, study,
    sweep, verify,
):  # fmt: skip
    # Messages and pickles name what users name.
    _public.__module__ = "flagfall"
del _public
