"""`flagfall verify ray`: what the command's own comparison cannot see, and who is to blame.

The command makes its runs in one interpreter, where texts have one hash. So the program also runs
in interpreters with other values of PYTHONHASHSEED. If a run differs, the lines of the program that
may be the reason are listed: those that make sets, or ask for hashes or addresses.
"""

from __future__ import annotations

import ast
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from flagfall._flagfall import command

#: How many other hash seeds are tried. A set of two texts has the other order under every second.
_OTHERS = 4

#: Options of `verify` that `run` has not, each with a value.
_OWN = ("--runs", "--threads", "--chain")

_OF_HASHES = """\
error: the order of a set, a hash, or an address reaches the run: PYTHONHASHSEED={0} and {1} give \
other runs
"""
_OF_HASHES_REMEDY = "use sorted(...) where the order of a set matters, and no hash() of texts"
_OF_ADDRESSES = """\
error: what differs in each run reaches it, most likely an address: in id(), in the repr of an \
object, or in the order of a set of objects
"""
_OF_ADDRESSES_REMEDY = "give the class a __repr__ and a __hash__, or use sorted(...) with a key"


def verify(words: Sequence[str]) -> int:
    """Does the command `verify ray ...`, and returns its exit code."""
    if not any(word.split("=")[0] == "--program" for word in words):
        return command(["flagfall", *words])
    with tempfile.TemporaryDirectory() as folder:
        code = _under_other_hashes(words, pathlib.Path(folder))
    if code is not None:
        return code
    code = command(["flagfall", *words])
    if code == 1:
        sys.stderr.write(_OF_ADDRESSES)
        _blames(words, ("id", "set", "frozenset"), _OF_ADDRESSES_REMEDY)
    return code


def _under_other_hashes(words: Sequence[str], folder: pathlib.Path) -> int | None:
    """Compares runs under several hash seeds. `None`: they are equal, or differ for another reason,
    which the command's own comparison shows."""
    own = int(os.environ["PYTHONHASHSEED"]) if _is_fixed() else 0
    first = _digest(words, own, folder / "first.trace")
    for seed in range(own + 1, own + 1 + _OTHERS):
        other = folder / f"{seed}.trace"
        found = _digest(words, seed, other)
        if first is None or found is None:
            return None
        if found == first:
            continue
        if _digest(words, own, folder / "again.trace") != first:
            return None
        shown = [word for word in words if word == "--json"]
        code = command(["flagfall", "diff", *shown, str(folder / "first.trace"), str(other)])
        # Addresses are often the same in each run, and are others under another hash seed.
        sys.stderr.write(_OF_HASHES.format(own, seed))
        _blames(words, ("set", "frozenset", "hash", "id"), _OF_HASHES_REMEDY)
        return code or 1
    return None


def _is_fixed() -> bool:
    return os.environ.get("PYTHONHASHSEED", "").isdecimal()


def _digest(words: Sequence[str], seed: int, trace: pathlib.Path) -> str | None:
    """The digest of the run under that hash seed, whose trace goes into that file. `None`: it
    failed."""
    own = ["--json", f"--record={trace}", *_without_own(words[2:])]
    made = subprocess.run(
        [sys.executable, "-m", "flagfall", "run", "ray", *own],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    lines = made.stdout.splitlines()
    try:
        found = json.loads(lines[-1])["digest"] if lines else None
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None


def _without_own(words: Sequence[str]) -> list[str]:
    """The words without options of `verify` alone, and without those of its output."""
    kept: list[str] = []
    skips = False
    for word in words:
        if skips or word in ("--json", "--quiet", "-q"):
            skips = False
        elif word.split("=")[0] in _OWN:
            skips = "=" not in word
        else:
            kept.append(word)
    return kept


def _blames(words: Sequence[str], names: Sequence[str], remedy: str) -> None:
    """Lists the lines of the program that use one of those functions, or make a set."""
    path = _program(words)
    lines = suspects(path, names) if path.endswith(".py") else []
    if lines:
        sys.stderr.write(f"these lines of {path} may be the reason:\n")
        sys.stderr.writelines(f"  {number}: {text}\n" for number, text in lines)
    sys.stderr.write(f"remedy: {remedy}\n")


def _program(words: Sequence[str]) -> str:
    for word, following in zip(words, [*words[1:], ""]):
        if word == "--program":
            return following
        if word.startswith("--program="):
            return word.partition("=")[2]
    return ""


def suspects(path: str, names: Sequence[str]) -> list[tuple[int, str]]:
    """The lines of a program that call one of those functions, or have a set in braces if `set`
    is one of them. Each is a number and a text."""
    try:
        source = pathlib.Path(path).read_text(encoding="utf-8")
        tree = ast.parse(source)
    except (OSError, ValueError, SyntaxError):
        return []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Set, ast.SetComp)) and "set" in names:
            found.add(node.lineno)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            found.add(node.lineno)
    lines = source.splitlines()
    return [(number, lines[number - 1].strip()) for number in sorted(found)]
