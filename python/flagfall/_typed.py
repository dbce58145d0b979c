"""The functions that take options of models. Type checkers read `_typed.pyi` instead, which has a
signature for each model."""

from flagfall._fork import fork
from flagfall._function_study import study
from flagfall._run import run
from flagfall._scenario import verify
from flagfall._study import compare, sweep
from flagfall._ties import ties

__all__ = ["compare", "fork", "run", "study", "sweep", "ties", "verify"]
