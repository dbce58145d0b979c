"""The commands of IPython in notebooks: what they mean here."""

from __future__ import annotations

import ast
import re
import sys

from flagfall.ray._errors import NotSupported

_SKIPPED = frozenset(
    {"autoreload", "autosave", "colors", "config", "load_ext", "matplotlib", "pylab", "reload_ext",
     "precision", "pprint", "xmode"}
)  # fmt: skip
"""They change how things look, or load what a run does not need."""
_TIMED = frozenset({"time"})
"""They run code and say how long it took: here it is only run."""
_INSTALLS = re.compile(r"\s*[%!]\s*(python3?\s+-m\s+)?pip3?\s+(un)?install\b.*")
"""Installs packages: those that are missing are told of where they are imported."""
_LINE = re.compile(r"(\s*)(%{1,2}|!)\s*(\w*)(.*)")


def without(text: str, place: str) -> str:
    """The Python of a cell, with as many lines.

    Raises:
        NotSupported: a line is a command of the shell, or one of IPython that means more than
            how things look.
    """
    try:
        ast.parse(text)
    except SyntaxError:
        lines = enumerate(text.split("\n"), 1)
        return "\n".join(_line(line, f"{place}, line {number}", number == 1) for number, line in lines)
    # Whatever its lines begin with, it is Python: such as those inside of a long text.
    return text


def _line(line: str, place: str, is_first: bool) -> str:
    found = _LINE.fullmatch(line)
    if found is None:
        return line
    space, sign, name, rest = found.groups()
    is_skipped = name in _SKIPPED and sign != "!" and (sign == "%" or is_first)
    if is_skipped or _INSTALLS.fullmatch(line):
        print(f"note: {place}: {line.strip()} is skipped", file=sys.stderr)
        return f"{space}pass" if space else ""
    if sign == "!":
        raise NotSupported(
            f"{place}: {line.strip()}: a command of the shell runs in real time. Run it before"
        )
    if sign == "%%" and not is_first:
        return line
    if name in _TIMED:
        print(f"note: {place}: {sign}{name} is not shown", file=sys.stderr)
        return space + rest.strip() if sign == "%" else ""
    raise NotSupported(f"{place}: {sign}{name} is not supported. Write it in Python, or leave it out")
