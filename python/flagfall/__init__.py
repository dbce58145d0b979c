"""Deterministic discrete-event simulation: every run reproducible from its seed."""

try:
    from flagfall._flagfall import __version__
except ModuleNotFoundError as _error:
    if _error.name != "flagfall._flagfall":
        raise
    # Whoever starts Python in the folder of the sources finds these first.
    _told = (
        f"{__path__[0]} has the sources of flagfall without its compiled part: start Python in another "
        "folder; if flagfall is not installed, pip install ./python in the clone does it"
    )
    raise ImportError(_told, name="flagfall") from None
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
