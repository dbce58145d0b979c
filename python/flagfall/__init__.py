"""Deterministic discrete-event simulation: every run reproducible from its seed."""

from flagfall._errors import FileError, FlagfallError, RunError, UsageError
from flagfall._run import Measure, Run, run

__all__ = ["FileError", "FlagfallError", "Measure", "Run", "RunError", "UsageError", "run"]
