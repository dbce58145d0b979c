"""The command of a study on this machine: as a process, or as calls of the library."""

from __future__ import annotations

import hashlib
import json
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from flagfall._calls import called
from flagfall._errors import FlagfallError, error_of, refused, shown
from flagfall._on_ray._interrupts import ended
from flagfall._study import shards as listed

SHORT = 6
"""The exit code of `merge` if something is to be run first."""


class Program(Protocol):
    """What is asked of the command here."""

    command: str | None
    """How tasks call it: by a name, or None for the package's own."""
    sent: tuple[str, bytes] | None
    """Hash and bytes of the command, if it travels to the nodes."""
    function: bytes | None
    """A function of Python that is the model, as tasks load it."""

    def shard(self, part: str) -> dict[str, Any]:
        """Runs a part of the study, and says where its file is."""

    def shards(self, folder: pathlib.Path) -> dict[str, Any]:
        """What there is of the study."""

    def merge(self, folder: pathlib.Path) -> bool:
        """Puts the shards together, and says whether the study is complete."""


class Library:
    """The package itself, called from Python."""

    command: str | None = None
    sent: tuple[str, bytes] | None = None
    function: bytes | None = None

    def __init__(self, model: Sequence[str], own: Sequence[str], keywords: Iterable[str]) -> None:
        self._model, self._own, self._keywords = model, own, keywords
        self.told = "{}"
        """The summary of the study as JSON."""
        self.failed: tuple[int, str] | None = None
        """How it failed nevertheless."""

    def shard(self, part: str) -> dict[str, Any]:
        own = [*self._own, "--json", f"--shard={part}"]
        return object_of(called("sweep", self._model, own, keywords=self._keywords)[0])

    def shards(self, folder: pathlib.Path) -> dict[str, Any]:
        return listed(folder)

    def merge(self, folder: pathlib.Path) -> bool:
        quiet = [word for word in self._own if word == "--quiet"]
        try:
            self.told, self.failed = called("merge", (), [str(folder), "--json", *quiet])
        except FlagfallError as error:
            if error.exit_code == SHORT:
                return False
            raise
        return True


class Command:
    """A command of this machine: the package's own, or that of a model of yours. Its lines go to
    this process's standard error."""

    function: bytes | None = None

    def __init__(self, words: Sequence[str], command: str | None, shown: Sequence[str]) -> None:
        self._words, self._shown = words, shown
        self.command = command
        self.sent: tuple[str, bytes] | None = None
        self.code = 0
        """The exit code of the study."""
        self._argv = [sys.executable, "-m", "flagfall"] if command is None else [command]
        if command is not None and "/" in command:
            try:
                data = pathlib.Path(command).read_bytes()
            except OSError as error:
                raise refused("--command", f"{command} cannot be read: {error.strerror}") from None
            self.sent = (hashlib.sha256(data).hexdigest(), data)

    def shard(self, part: str) -> dict[str, Any]:
        return self._told(["sweep", *self._words, "--quiet", "--json", f"--shard={part}"], {"file"})

    def shards(self, folder: pathlib.Path) -> dict[str, Any]:
        return self._told(["shards", str(folder), "--json"], {"done", "planned", "round"})

    def merge(self, folder: pathlib.Path) -> bool:
        merged = self._run(["merge", str(folder), *self._shown], stdout=None)
        told = merged.stderr.decode("utf-8", "replace")
        if merged.returncode == SHORT:
            return False
        sys.stderr.write(told)
        self.code = merged.returncode
        return True

    def help(self) -> int:
        """Shows what a study can be told, and returns the exit code."""
        helped = self._run(["sweep", *self._words], stdout=None)
        sys.stderr.write(helped.stderr.decode("utf-8", "replace"))
        return helped.returncode

    def _told(self, words: Sequence[str], names: set[str]) -> dict[str, Any]:
        """The object that it prints, which has those names."""
        run = self._run(words, stdout=subprocess.PIPE)
        out, told = (text.decode("utf-8", "replace") for text in (run.stdout, run.stderr))
        is_ours = self.command is None or re.search("^error: ", told, re.MULTILINE)
        if run.returncode and is_ours:
            raise error_of(run.returncode, told.strip().removeprefix("error: "))
        try:
            read = object_of(out)
        except ValueError:
            read = {}
        if run.returncode or not names <= read.keys():
            why = f"ended with exit code {run.returncode}, and printed {shown((told or out).strip())}"
            raise refused("--command", f"{self.command} is no command of a flagfall model: it {why}")
        sys.stderr.write(told)
        return read

    def _run(self, words: Sequence[str], stdout: int | None) -> subprocess.CompletedProcess[bytes]:
        try:
            run = ended([*self._argv, *words], stdout=stdout)
        except OSError as error:
            path = "" if "/" in self._argv[0] else "; if it is in this folder, write ./ before it"
            raise refused("--command", f"{self.command} cannot be run: {error.strerror}{path}") from None
        if run.returncode < 0:
            raise error_of(1, f"{self._argv[0]} was ended by the signal {-run.returncode}")
        return run


def object_of(text: str) -> dict[str, Any]:
    """An object of JSON."""
    read = json.loads(text)
    if not isinstance(read, dict):
        raise ValueError("it is no object")
    return read
