"""Deterministic discrete-event simulation: every run reproducible from its seed."""

from flagfall import statistics
from flagfall._diff import Difference, diff
from flagfall._errors import (
    DifferentError,
    FileError,
    FlagfallError,
    FlagfallWarning,
    RunError,
    UsageError,
)
from flagfall._flagfall import __version__
from flagfall._fork import Fork
from flagfall._results import Comparison, Report, Shard, Study
from flagfall._run import Measure, Run
from flagfall._scenario import Scenario, Verified
from flagfall._stream import Stream, stream
from flagfall._study import merge, report, shards
from flagfall._ties import TieOutcome, Ties, TieShard
from flagfall._timeline import Timeline
from flagfall._trace import Trace
from flagfall._typed import compare, fork, run, study, sweep, ties, verify

__all__ = [
    "Comparison",
    "Difference",
    "DifferentError",
    "FileError",
    "FlagfallError",
    "FlagfallWarning",
    "Fork",
    "Measure",
    "Report",
    "Run",
    "RunError",
    "Scenario",
    "Shard",
    "Stream",
    "Study",
    "TieOutcome",
    "TieShard",
    "Ties",
    "Timeline",
    "Trace",
    "UsageError",
    "Verified",
    "__version__",
    "compare",
    "diff",
    "fork",
    "merge",
    "report",
    "run",
    "shards",
    "statistics",
    "stream",
    "study",
    "sweep",
    "ties",
    "verify",
]

for _public in (
    Comparison, Difference, DifferentError, FileError, FlagfallError, FlagfallWarning, Fork, Measure,
    Report, Run, RunError, Scenario, Shard, Stream, Study, TieOutcome, Ties, Timeline, Trace,
    UsageError, Verified, compare, diff, fork, merge, report, run, shards, stream, study, sweep, ties,
    verify,
):  # fmt: skip
    # Messages and pickles name what users name.
    _public.__module__ = "flagfall"
del _public
