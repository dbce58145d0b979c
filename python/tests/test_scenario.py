"""Scenarios as values, and comparisons of their runs."""

import pathlib
import pickle
import subprocess
import sysconfig

import pytest

import flagfall

COMMAND = str(pathlib.Path(sysconfig.get_path("scripts")) / "flagfall")

SCENARIOS = [
    flagfall.Scenario("taxi", fleet=3, seed=7, every="2s"),
    flagfall.Scenario("taxi", durations=[3, 5, 2], drivers=["Ada", "Grace"], latency="0"),
    flagfall.Scenario("actor-tree", crash=["1@2.5s", "0@1s"], replication=2),
    flagfall.Scenario("parameter-server", gradient=0.5, cpus=2),
    flagfall.Scenario("messages", workers=2, fault=["link ** -> ** loss 0.001"]),
    flagfall.Scenario("queue", customers=100, ties="shuffle", horizon="50s"),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=repr)
@pytest.mark.filterwarnings("ignore::flagfall.FlagfallWarning")
def test_toml_says_the_same(scenario, tmp_path):
    text = scenario.to_toml()
    again = flagfall.Scenario.from_toml(text)
    assert again.run().digest == scenario.run().digest
    assert again.to_toml() == text
    path = tmp_path / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    assert flagfall.Scenario.from_file(path) == again
    printed = subprocess.run([COMMAND, "run", path], capture_output=True, text=True, check=True)
    assert scenario.run().digest in printed.stderr


def test_a_name_with_a_comma_is_refused():
    with pytest.raises(flagfall.UsageError, match="has 'a,b', and commas separate them") as refused:
        flagfall.Scenario("taxi", drivers=["a,b", "c"])
    assert refused.value.argument == "drivers"
    with pytest.raises(flagfall.UsageError, match="drivers has 'a,b'"):
        flagfall.sweep("taxi", grid={"drivers": [["a,b", "c"]]}, replications=1)
    with pytest.raises(flagfall.UsageError, match="durations has '1,5'"):
        flagfall.run("taxi", durations=["1,5", 2])
    with pytest.raises(flagfall.FlagfallError, match='an item of drivers cannot be "a,b"'):
        flagfall.Scenario.from_toml('model = "taxi"\ndrivers = ["a,b", "c"]')
    # Of a text, commas do separate.
    both = flagfall.Scenario("taxi", drivers="a,b")
    assert both.options == {"drivers": "a,b"}
    assert both.replace() == both
    assert both.replace(fleet=2).run().digest == flagfall.run("taxi", drivers=["a", "b"], fleet=2).digest
    assert flagfall.Scenario.from_toml(both.to_toml()).run().digest == both.run().digest


def test_scenarios_are_values():
    day = flagfall.Scenario("taxi", fleet=3, no_digest=True, fault=["crash driver at 9s"])
    assert day == pickle.loads(pickle.dumps(day)) == eval(f"flagfall.{day!r}")
    assert hash(day) == hash(flagfall.Scenario("taxi", fleet="3", no_digest=True,
                                               fault="crash driver at 9s"))  # fmt: skip
    assert day.model == "taxi"
    assert day.options == {"fleet": "3", "no_digest": True, "fault": ["crash driver at 9s"]}
    assert day.replace(fault=None, no_digest=None) == flagfall.Scenario("taxi", fleet=3)
    assert day != flagfall.Scenario("taxi")
    assert day.run(seed=5, replication=1).seed == 5


def test_a_scenario_runs_as_its_options_do():
    day = flagfall.Scenario("taxi", fleet=3, ties="shuffle", seed=9)
    assert day.run() == flagfall.run("taxi", fleet=3, ties="shuffle", seed=9)
    expected = flagfall.run("taxi", fleet=3, ties="shuffle", seed=1, replication=4)
    assert day.run(seed=1, replication=4) == expected
    for bad in (-1, 2**64, 1.5, "x", True, [], [1, 2]):
        with pytest.raises(flagfall.UsageError):
            day.run(seed=bad)
        with pytest.raises(flagfall.UsageError):
            day.run(replication=bad)


def test_paths_count_from_the_folder_of_the_file(tmp_path):
    (tmp_path / "rides").write_text("3\n5\n")
    path = tmp_path / "day.toml"
    path.write_text('model = "taxi"\ndurations-file = "rides"\n', encoding="utf-8")
    assert flagfall.Scenario.from_file(path).run()["durations"] == [3, 5]
    # Then what it said stands in the text.
    text = flagfall.Scenario.from_file(path).to_toml()
    assert "rides" not in text
    assert flagfall.Scenario.from_toml(text).run()["durations"] == [3, 5]


@pytest.mark.parametrize("text, told", [
    ("", 'write a line like model = "taxi"'),
    ('model = "taxi"\nflet = 3\n', "line 2, column 1: taxi has no option flet: did you mean fleet?"),
    ('model = "taxy"\n', "did you mean taxi?"),
    ('model = "taxi"\nfleet = "x"\n', "line 2, column 9"),
    ('model = "taxi"\n[grid]\nfleet = [1, 2]\n', "run all of them with flagfall sweep FILE.toml"),
    ('model = "taxi"\nfleet = \n', "line 2"),
    ("\0", "line 1"),
    ("[" * 100_000, "line 1"),
])  # fmt: skip
def test_mistakes_in_toml_have_a_place(text, told):
    with pytest.raises(flagfall.FileError) as refused:
        flagfall.Scenario.from_toml(text)
    assert told in str(refused.value)


def test_what_is_no_toml_is_refused(tmp_path):
    for bad in (None, 1, b"model", "\ud800"):
        with pytest.raises(flagfall.UsageError, match="text"):
            flagfall.Scenario.from_toml(bad)
    for bad in (None, 1.5, []):
        with pytest.raises(flagfall.UsageError, match="path"):
            flagfall.Scenario.from_file(bad)
    (tmp_path / "latin").write_bytes(b"\xff\xfe")
    for bad in (tmp_path, tmp_path / "none", tmp_path / "latin", "\0"):
        with pytest.raises(flagfall.FileError, match="cannot read"):
            flagfall.Scenario.from_file(bad)


def test_a_study_is_warned_of():
    with pytest.warns(flagfall.FlagfallWarning, match="flagfall sweep"):
        flagfall.Scenario.from_toml('model = "taxi"\nreplications = 9\n')


def test_equal_runs_are_verified():
    found = flagfall.verify("taxi", seed=42, runs=3, threads=2)
    digest = "7d7336af83d3d44680ff8ae23b5be08c"
    assert found == flagfall.Verified(3, 2, 122, digest)
    assert flagfall.verify(flagfall.Scenario("taxi", seed=42), runs=3, threads=2) == found
    assert flagfall.verify("taxi", no_digest=True, threads=0).digest is None


def test_comparisons_that_fail_say_why():
    with pytest.raises(flagfall.RunError, match="events"):
        flagfall.verify("taxi", max_events=3, threads=1)
    for name, value in [("runs", 0), ("runs", 2**32), ("runs", "x"), ("runs", None), ("runs", True),
                        ("threads", -1), ("threads", 1025), ("threads", 0.5)]:  # fmt: skip
        with pytest.raises(flagfall.UsageError, match=name) as refused:
            flagfall.verify("taxi", **{name: value})
        assert refused.value.argument == name
    with pytest.raises(flagfall.UsageError, match="fleet"):
        flagfall.verify("taxi", flet=3)
