"""Runs the command on small Ray programs, for tests of its tools."""

import os
import re
import subprocess
import sys
import textwrap
from typing import NamedTuple


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def lines(self):
        return self.out.splitlines()


class Programs:
    """A folder with programs, and the command in it."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, name, text):
        (self.folder / name).write_text(textwrap.dedent(text), encoding="utf-8")

    def command(self, *words, **variables):
        """What a command line prints and ends with, with those variables of the environment."""
        found = subprocess.run(
            [sys.executable, "-m", "flagfall", *words],
            capture_output=True, text=True, check=False, cwd=self.folder, timeout=120,
            env={**os.environ, **variables},
        )  # fmt: skip
        # Colours are Ray's own.
        plain = [re.sub(r"\x1b\[\d+m", "", text) for text in (found.stdout, found.stderr)]
        return Ran(found.returncode, *plain)

    def ray(self, name, *options):
        """`flagfall ray` with a program."""
        return self.command("ray", "--quiet", *options, name)

    def faulty(self, name, *rules):
        """A program under those rules of a fault plan."""
        return self.ray(name, *(word for rule in rules for word in ("--fault", rule)))
