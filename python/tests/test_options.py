"""The typed keywords are the options of the command, and type checkers know them."""

import pathlib
import re
import subprocess
import sys

import options
import pytest

import flagfall

GOOD = {"bool": True, "int": 3, "float": 0.5, "Span": "3s", "Latency": "2ms"}


@pytest.mark.parametrize("name", options.FILES)
def test_all_options_of_the_command_are_keywords(name):
    written = pathlib.Path(flagfall.__file__).with_name(name).read_text(encoding="utf-8")
    assert written == options.FILES[name](), "run python python/tests/options.py"


@pytest.mark.parametrize("text", [options.typed(), options.given()])
def test_all_models_have_a_signature(text):
    for block in re.split(r"\n(?= *@overload\n)", text)[1:]:
        # A function takes no options of a model.
        is_function = "def study(" in block
        assert len(re.findall(r"\bUnpack\[", block)) == (0 if is_function else 1)
        if is_function or "def sweep(" in block:
            returned = "Study" if " shard: None = None," in block else "Shard"
            assert f" -> {returned}: ..." in block
    pairs = set(re.findall(r'Literal\["([a-z-]+)"\],\s*/,.*?Unpack\[(\w+)\]', text, re.DOTALL))
    assert pairs == {(name, options.class_of(name)) for name in options.schema()}


#: Options of all runs that Ray programs have in another way.
REFUSED_BY_RAY = {"cpus", "max-mailbox"}


def test_each_keyword_takes_a_value_of_its_type():
    for model, described in options.schema().items():
        for name, kind in options.options_of(described).items():
            value = GOOD.get(options.type_of(name, kind))
            if value is not None:
                given = {name.replace("-", "_"): value}
                if model == "ray":
                    given["program"] = __file__
                if model == "ray" and name in REFUSED_BY_RAY:
                    with pytest.raises(ValueError, match=f"--{name}"):
                        flagfall.Scenario(model, **given)
                else:
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
flagfall.sweep("taxi", fleet=2, grid={"rides": [5]}, replications=3).summary["points"]
flagfall.compare("queue", service="2s", grid={"load": [0.5]}, most=5).replications + 1
flagfall.ties("taxi", latency=0, of="commission").outcomes[0].share + 0.5
flagfall.ties(flagfall.Scenario("taxi"), latency="0s", expect_one=True).complete
flagfall.fork("taxi", at="5s", seeds=[1, 2], rides=3).branches[0].events + 1
flagfall.fork(from_="day.snap", changes={"latency": "5ms"}, summary=True).at + 0.5
flagfall.diff(run, "day.trace", states="never").records_equal + 1
flagfall.diff(flagfall.Scenario("taxi"), pathlib.Path("day.trace")).differs_in
run.trace(kind=["died"], from_="5s", last=3)
flagfall.run("taxi", flet=20)  # wrong
flagfall.run("taxi", fleet="many")  # wrong
flagfall.run("queue", fleet=3)  # wrong
flagfall.run("taxi", every=2.5)  # wrong
flagfall.run("taxi", lang="de")  # wrong
flagfall.run(42)  # wrong
flagfall.Scenario("taxi", flet=20)  # wrong
flagfall.verify("taxi", flet=20)  # wrong
flagfall.sweep("taxi", flet=20)  # wrong
flagfall.sweep("taxi", replications="many")  # wrong
flagfall.compare("taxi", grid={"fleet": [2, 3]}, load=0.5)  # wrong
flagfall.compare("taxi", fleet=3)  # wrong
flagfall.ties("taxi", of=3)  # wrong
flagfall.ties("taxi", flet=3)  # wrong
flagfall.fork("queue", at="5s", fleet=3)  # wrong
flagfall.fork(from_="day.snap", fleet=3)  # wrong
flagfall.diff(run)  # wrong
run.trace(kind=3)  # wrong
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
