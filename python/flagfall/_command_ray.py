"""The command `flagfall ray`: short for `flagfall run ray --program FILE`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

IN_LIST = """
Of the Python package:
  ray          Run a program or notebook written for Ray, unmodified, in virtual time
"""

HELP = """\
Run a program or notebook written for Ray, unmodified, in virtual time

Usage: flagfall ray [OPTIONS] PROGRAM.py|NOTEBOOK.ipynb [ARGUMENTS]

It is short for `flagfall run ray [OPTIONS] --program FILE --argument=A ...`, and has the options
of that: `flagfall run ray --help` lists them. Options stand before the program; whatever comes
after it belongs to the program.

  flagfall ray taxi.py
  flagfall ray --seed 7 --record day.trace taxi.py --rides 10
  flagfall ray --save executed.ipynb notebook.ipynb

`import ray` in the program is `flagfall.ray`. Sleeping costs no time, and a seed repeats all that
is random. Threads, subprocesses and sockets are refused: they would let real time in.

The order of sets of texts depends on PYTHONHASHSEED. If that is no number, the command starts
Python again with PYTHONHASHSEED=0. `flagfall verify ray` also runs the program under other values,
and finds what does not repeat: an order of sets, an address.
"""

_ENDS = (".py", ".ipynb")


def is_of_ray(words: Sequence[str]) -> bool:
    """Whether a command line, without the command's own name, runs a Ray program."""
    return words[:1] == ["ray"] or words[1:2] == ["ray"]


def is_list(words: Sequence[str]) -> bool:
    """Whether it asks for the list of commands."""
    return list(words) in (["--help"], ["-h"], ["help"])


def long_words(words: Sequence[str]) -> list[str] | str:
    """The words after `ray` as those of `flagfall run ray`; a text says what is wrong."""
    for place, word in enumerate(words):
        if word == "--" or word.startswith("--program"):
            return f"flagfall ray has no {word}: give the options, then the file, then its arguments"
        # The value of this option ends as a program does.
        is_value = place > 0 and words[place - 1] == "--save"
        if word.endswith(_ENDS) and not word.startswith("-") and not is_value:
            arguments = [f"--argument={one}" for one in words[place + 1 :]]
            # The object has the output in it.
            live = [] if "--json" in words[:place] else ["--live"]
            return ["run", "ray", *live, *words[:place], f"--program={word}", *arguments]
    return "flagfall ray needs a program: give a file that ends with .py or .ipynb after the options"


def fix_hashes() -> None:
    """Starts Python again with a fixed order of sets, unless the user has fixed one."""
    if os.environ.get("PYTHONHASHSEED", "").isdecimal() or sys.flags.ignore_environment:
        return
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    variables = {**os.environ, "PYTHONHASHSEED": "0"}
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], variables)
