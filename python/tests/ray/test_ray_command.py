"""The command `flagfall ray`: how its words are read."""

import os
import subprocess
import sys

import pytest

from flagfall._command_ray import long_words


def command(*words, **variables):
    return subprocess.run(
        [sys.executable, "-m", "flagfall", *words],
        capture_output=True, text=True, check=False, env={**os.environ, **variables},
    )  # fmt: skip


def test_what_follows_the_program_is_its_own():
    assert long_words(["--seed", "7", "a/day.py", "--seed", "x y", "--", "b.py"]) == [
        "run", "ray", "--live", "--seed", "7", "--program=a/day.py",
        "--argument=--seed", "--argument=x y", "--argument=--", "--argument=b.py",
    ]  # fmt: skip
    assert long_words(["--save", "b.ipynb", "book.ipynb"]) == [
        "run", "ray", "--live", "--save", "b.ipynb", "--program=book.ipynb",
    ]  # fmt: skip


@pytest.mark.parametrize("words", [["--seed", "7"], ["day"], ["--", "day.py"], ["--program", "day.py"]])
def test_without_a_program_it_says_what_to_do(words):
    found = command("ray", *words)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith("error: flagfall ray ") and ": give " in found.stderr


def test_help():
    assert "  ray          Run a program" in command("--help").stdout
    for words in (["ray", "--help"], ["help", "ray"]):
        found = command(*words)
        assert (found.returncode, found.stderr) == (0, "")
        assert "Usage: flagfall ray [OPTIONS] PROGRAM.py|NOTEBOOK.ipynb [ARGUMENTS]" in found.stdout
    assert "Of the Python package" not in command("taxi", "--help").stdout


@pytest.mark.parametrize(("given", "same"), [("", True), ("random", True), ("5", False)])
def test_the_order_of_sets_is_fixed(given, same):
    # The command never comes back from a mistake, so the hash is seen in a program of its own.
    program = (
        "import sys; from flagfall._command_ray import fix_hashes; fix_hashes(); print(hash('a'))"
    )

    def printed(seed):
        words = [sys.executable, "-c", program]
        variables = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run(words, capture_output=True, text=True, check=True, env=variables).stdout

    assert printed(given) == printed(given)
    assert (printed(given) == printed("0")) == same
