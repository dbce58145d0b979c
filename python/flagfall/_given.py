"""The words of a model with its options. Type checkers read `_given.pyi` instead."""

from __future__ import annotations

from typing import Any

from flagfall._run import prepared
from flagfall._words import words_of


class Given:
    """A model and the options that were given."""

    __slots__ = ("_words",)

    def __init__(self, model: str, /, **options: Any) -> None:
        self._words = words_of(model, options)
        prepared(self._words)
