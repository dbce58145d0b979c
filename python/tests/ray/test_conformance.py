"""The programs of `fixtures/ray/conformance`, held to what they did on real Ray 2.60."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

FOLDER = pathlib.Path(__file__).parents[3] / "fixtures" / "ray" / "conformance"
PROGRAMS = json.loads((FOLDER / "answers.json").read_text(encoding="utf-8"))["programs"]

#: Programs that differ from real Ray, and why. One that agrees has to leave the list.
KNOWN = json.loads((FOLDER / "known_differences.json").read_text(encoding="utf-8"))

#: Programs that use what Python has had since 3.11: they were recorded there.
NEEDS_3_11 = {"async_wait_for", "error_assertion_and_stop"}


def run(name, *options):
    """What a program prints, and its exit code."""
    words = [sys.executable, "-m", "flagfall", "ray", "--quiet", *options, str(FOLDER / f"{name}.py")]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    found = subprocess.run(
        words, capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    printed = re.sub(r"\x1b\[\d+m", "", found.stdout)
    return re.sub(r"pid=\d+", "pid=...", printed).splitlines(), found.returncode, found.stderr


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_does_what_it_did_on_real_ray(name):
    if name in NEEDS_3_11 and sys.version_info < (3, 11):
        pytest.skip("it needs Python 3.11")
    numpy = "import numpy" in (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    if numpy:
        pytest.importorskip("numpy")
    printed, code, errors = run(name)
    wanted = PROGRAMS[name]
    agrees = printed == wanted["stdout"] and code == wanted["exit"]
    if name in KNOWN:
        assert not agrees, f"{name} agrees: take it out of known_differences.json"
        return
    assert printed == wanted["stdout"], errors
    assert code == wanted["exit"], errors


def test_nearly_all_agree():
    assert set(KNOWN) <= set(PROGRAMS)
    assert len(PROGRAMS) - len(KNOWN) >= 0.9 * len(PROGRAMS)


@pytest.mark.parametrize("seed", [1, 7])
def test_the_seed_does_not_change_what_ray_promises(seed):
    name = "task_basic"
    assert run(name, f"--seed={seed}")[0] == PROGRAMS[name]["stdout"]
