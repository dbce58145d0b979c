"""The typed keywords are the options of the command, and type checkers know them."""

import pathlib
import re
import subprocess
import sys

import options
import pytest

import flagfall
from flagfall import _options, _run, _scenario

GOOD = {"bool": True, "int": 3, "float": 0.5, "Span": "3s", "Latency": "2ms"}


def test_all_options_of_the_command_are_keywords():
    written = pathlib.Path(_options.__file__).read_text(encoding="utf-8")
    assert written == options.text(), "run python python/tests/options.py"


@pytest.mark.parametrize("module", [_run, _scenario])
def test_all_models_have_a_signature(module):
    text = pathlib.Path(module.__file__).read_text(encoding="utf-8")
    pairs = set(re.findall(r'Literal\["([a-z-]+)"\],?\s*/,.*?Unpack\[(\w+)\]', text, re.DOTALL))
    assert pairs == {(name, options.class_of(name)) for name in options.schema()}


def test_each_keyword_takes_a_value_of_its_type():
    for model, described in options.schema().items():
        for name, kind in options.options_of(described).items():
            value = GOOD.get(options.type_of(name, kind))
            if value is not None:
                given = {name.replace("-", "_"): value}
                flagfall.Scenario(model, **given)


CHECKED = '''
import datetime
import pathlib

import flagfall

run = flagfall.run("taxi", seed=42, fleet=20, every="2s", durations=[1, 2], latency="1ms")
value: float | int | None = run.measures["commission"].value
digest: str | None = run.digest
messages: list[str] = run.messages
flagfall.run("taxi", every=datetime.timedelta(seconds=1), faults=pathlib.Path("none"))
flagfall.run("actor-tree", crash=["1@2s"], no_digest=True)
flagfall.Scenario("queue", load=0.5, service_law="fixed").run(seed=1).events + 1
flagfall.verify("messages", workers=2, runs=3).records + 1
flagfall.verify(flagfall.Scenario("taxi")).side_by_side + 1
name: str = "taxi"
flagfall.run(name, seed=1)
flagfall.run("taxi", flet=20)  # wrong
flagfall.run("taxi", fleet="many")  # wrong
flagfall.run("queue", fleet=3)  # wrong
flagfall.run("taxi", every=2.5)  # wrong
flagfall.run("taxi", lang="de")  # wrong
flagfall.run(42)  # wrong
flagfall.Scenario("taxi", flet=20)  # wrong
flagfall.verify("taxi", flet=20)  # wrong
run.measure  # wrong
'''


def test_a_type_checker_finds_mistakes(tmp_path):
    pytest.importorskip("mypy")
    path = tmp_path / "checked.py"
    path.write_text(CHECKED, encoding="utf-8")
    words = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--no-pretty",
             "--hide-error-context", f"--cache-dir={tmp_path / 'cache'}", str(path)]  # fmt: skip
    checked = subprocess.run(words, capture_output=True, text=True, check=False)
    found = re.findall(r"checked\.py:(\d+): error", checked.stdout)
    lines = CHECKED.splitlines()
    wrong = {str(at) for at, line in enumerate(lines, 1) if line.endswith("# wrong")}
    assert set(found) == wrong, checked.stdout
