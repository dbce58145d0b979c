"""`flagfall sweep ... --on ray`: a study on a Ray cluster."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence

from flagfall._errors import FlagfallError, UsageError

HELP = """
Of the Python package:
      --on <WHERE>      Run it on a Ray cluster: ray for that of RAY_ADDRESS, or else the one of this
                        machine, which is started if there is none; HOST:PORT for one that this
                        machine is a node of; ray://HOST:PORT for a remote one
      --command <FILE>  With --on, the command of your own model. A path travels to the nodes; a name
                        is looked for there
      --shared          With --on, all nodes share the study's folder: nothing travels through Ray

  flagfall sweep day.toml --out day --on ray
"""

_WITH_VALUE = ("--on", "--command")
# A node has no part in these: they are about the files here, or about the cores of one machine.
_NOT_THERE = (
    "--shard", "--threads", "--retry-failed", "--repair", "--goal", "--best", "--indifference",
)  # fmt: skip
_INTERRUPTED = 130
"""The exit code after Ctrl-C."""


def is_on(words: Sequence[str]) -> bool:
    """Whether a command line, without the command's own name, is that of a study on a cluster."""
    return words[:1] == ["sweep"] and any(_name(word) == "--on" for word in words)


def is_help(words: Sequence[str]) -> bool:
    """Whether it asks what a study can be told."""
    return list(words) in (["sweep", "--help"], ["sweep", "-h"], ["help", "sweep"])


def run_on_cluster(words: Sequence[str]) -> int:
    """Runs it; returns its exit code."""
    try:
        return _run(words)
    except FlagfallError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt as ended:
        print(_interrupted(words, ended), file=sys.stderr)
        return _INTERRUPTED


def _run(words: Sequence[str]) -> int:
    from flagfall._on_ray import Command, run_on
    from flagfall._progress import Progress

    of_study, given = _split(words[1:])
    shown = [word for word in of_study if word in ("--json", "--quiet", "-q")]
    of_study = [word for word in of_study if word not in shown]
    program = Command(of_study, given.get("--command"), shown)
    if "--help" in of_study or "-h" in of_study:
        code = program.help()
        if program.command is not None or not is_help(["sweep", *of_study]):
            print(HELP, end="")
        return code
    quiet = "--quiet" in shown or "-q" in shown

    def again() -> None:
        # The usual ways of writing may be under way.
        os.write(2, f"{_interrupted(words)}\n".encode("utf-8", "replace"))
        os._exit(_INTERRUPTED)

    with _threads_of_ray(), Progress("replications", quiet=quiet) as progress:
        run_on(program, given["--on"], progress, shared="--shared" in given, again=again)
    return program.code


def _interrupted(words: Sequence[str], ended: KeyboardInterrupt | None = None) -> str:
    """What is told after Ctrl-C."""
    from flagfall._on_ray import Interrupted

    kept = "what came is kept"
    if isinstance(ended, Interrupted):
        kept = f"{ended.rows} new row{'' if ended.rows == 1 else 's'} kept in {ended.folder}"
    return f"interrupted: {kept}\ncontinue: {shlex.join(['flagfall', *words])}"


@contextlib.contextmanager
def _threads_of_ray() -> Iterator[None]:
    """Lets threads of Ray fail in silence: they do if the cluster is gone, and the command says so."""
    usual = threading.excepthook

    def told(failed: threading.ExceptHookArgs) -> None:
        frames = (frame for frame, _ in traceback.walk_tb(failed.exc_traceback))
        if not any(frame.f_globals.get("__name__", "").partition(".")[0] == "ray" for frame in frames):
            usual(failed)

    threading.excepthook = told
    try:
        yield
    finally:
        threading.excepthook = usual


def _split(words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The words of the study, and what is said of the cluster."""
    of_study: list[str] = []
    given: dict[str, str] = {}
    left = list(words)
    while left:
        word = left.pop(0)
        name = _name(word)
        if name in _NOT_THERE:
            raise UsageError(f"{name} has no meaning with --on: leave one of them out")
        if name in _WITH_VALUE:
            if name in given:
                raise UsageError(f"{name} is given twice: give it once")
            value = word.partition("=")[2] if "=" in word else (left.pop(0) if left else "")
            if not value or value.startswith("-"):
                raise UsageError(f"{name} has no value: give one, as {name} {'ray' if name == '--on' else './model'}")
            given[name] = value
        elif word == "--shared":
            given[word] = ""
        else:
            of_study.append(word)
    return of_study, given


def _name(word: str) -> str:
    return word.partition("=")[0]
