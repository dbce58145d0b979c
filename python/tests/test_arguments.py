"""Bad arguments: each is an exception that names the argument and says what to do."""

import datetime
import decimal
import fractions
import pathlib
import random
import re

import options
import pytest

import flagfall

SCHEMA = {name: options.options_of(model) for name, model in options.schema().items()}
MODELS = sorted(SCHEMA)


class Odd:
    """Something that is nothing."""

    def __repr__(self):
        raise RuntimeError("no")

    __str__ = __repr__


class Fails:
    """A path that is none."""

    def __fspath__(self):
        return b"\xff"


BAD = [
    float("nan"), float("inf"), -float("inf"), -1, -0.5, -(2**63), 2**32, 2**64, 10**30, 10**5000,
    1e300, 5e-324, "", " ", "x", "1 lightyear", "1s 2parsec", "-1s", "\0", "\ud800", "a\nb", "NaN",
    "--seed=1", "=", "1e999", "١", "9" * 1000, b"1", bytearray(b"1"), [], (), [None], [[1]], {},
    {"a": 1}, {1}, object(), Odd(), Fails(), 1j, datetime.timedelta(seconds=-1),
    datetime.timedelta.max, datetime.datetime(2020, 1, 1), datetime.date.max, True,
    decimal.Decimal("NaN"), fractions.Fraction(1, 3), pathlib.Path("/none"), pathlib.Path("-"), "-",
    lambda: 1, int, flagfall, range(0), ["x", object()], ["1", float("nan")], Ellipsis,
    NotImplemented, memoryview(b"1"), iter([1]),
]  # fmt: skip


def misspelt(draw, name):
    at = draw.randrange(len(name))
    kinds = [name[:at] + name[at + 1:], name[:at] + draw.choice("aeioxyz_") + name[at:],
             name[:at] + draw.choice("aeioxyz_") + name[at + 1:]]  # fmt: skip
    return draw.choice(kinds)


REMEDY = re.compile(
    r"\b(give|write|leave|name|put|save|use|choose|make|make it|want|see|vary|say|take|like|at most"
    r"|at least|needs?|between|from \S+ to \S+|there (is|are)|did you mean|from|bound|open|wanted"
    r"|expected|known|run|begin|must|ask|lower|raise|too large|makes|longest|is not in \S+|possible values)\b"
)
"""A text that says what to do has one of these words."""


def told_of(value):
    try:
        return ascii(value)[:60]
    except Exception:
        return type(value).__name__


def check(error, name, names, silent):
    """That an error names what is wrong, and says what to do."""
    text = str(error)
    is_named = any(one in text for one in {*names, *(one.replace("_", "-") for one in names)})
    if not is_named or not REMEDY.search(text):
        silent.append((name, type(error).__name__, text))


@pytest.mark.filterwarnings("ignore::flagfall.FlagfallWarning")
def test_ten_thousand_bad_options(tmp_path):
    empty = tmp_path / "empty.py"
    empty.write_text("")
    draw = random.Random(17)
    refused = 0
    silent = []
    for _ in range(12_000):
        model = draw.choice(MODELS)
        name = draw.choice(sorted(SCHEMA[model])).replace("-", "_")
        value = draw.choice(BAD)
        call = draw.choice([flagfall.run, flagfall.Scenario])
        # A value that the option takes ends the run at a limit.
        given = {"max_events": 200, "max_pending": 1_000}
        if model == "ray":
            given["program"] = empty
        given[name] = value
        try:
            call(model, **given)
        except flagfall.UsageError as error:
            refused += 1
            # Where a value makes sense alone, the text names the option that it needs beside it.
            check(error, (model, name), [name, "give --polls"], silent)
        except flagfall.FlagfallError as error:
            refused += 1
            assert str(error)
    assert refused > 8_000
    assert not silent, silent[:5]


def numbers_of(value):
    """Whether a value is one that takes long, or does what it says: it is not bad."""
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def call_of(function, *model, **fixed):
    return lambda name, value: function(*model, **{**fixed, name: value})


def series(name, value):
    """One of the arguments of a function of statistics."""
    function, parameter = name.split(".")
    whole = {
        "interval": {"values": [1, 2, 3]}, "share": {"yes": 1, "of": 2},
        "paired": {"one": [1, 2, 4], "other": [2, 2, 3]},
        "batch_means": {"series": list(range(100)), "batches": 10}, "mser5": {"series": [1] * 60},
        "quantile": {"values": [1, 2], "probability": 0.5},
        "replications_needed": {"values": [1, 2, 4], "relative": 0.1},
        "autocorrelation": {"series": [1, 2, 4], "lag": 1}, "von_neumann_ratio": {"series": [1, 2, 4]},
        "student_quantile": {"degrees": 9, "probability": 0.9}, "StoppingRule": {"relative": 0.1},
    }  # fmt: skip
    if function == "Tally":
        return getattr(flagfall.statistics.Tally([1]), parameter)(value)
    return getattr(flagfall.statistics, function)(**{**whole[function], parameter: value})


def drawn(name, value):
    """A draw of a stream."""
    stream = flagfall.stream(1)
    low = {"range": {"low": 1, "high": 2}, "span": {"low": 1, "high": 2}}
    method, parameter = name.split(".")
    return getattr(stream, method)(**{**low.get(method, {}), parameter: value})


def walk(seed, replication, steps=3):
    return {"end": replication % 2}


DAY = flagfall.Scenario("taxi")
SWEEP = {"replications": 2, "quiet": True}
GRID = {"grid": {"fleet": [2, 3]}, "replications": 2}
CALLS = {
    "sweep": (call_of(flagfall.sweep, "taxi", **SWEEP), [
        "grid", "replications", "precision", "of", "fewest", "most", "level", "threads", "out",
        "retry_failed", "repair", "quiet", "progress", "fleet", "horizon", "seed", "link",
    ]),
    "compare": (call_of(flagfall.compare, "taxi", **GRID), [
        "grid", "replications", "precision", "of", "most", "level", "against_first", "threads",
        "progress", "rides", "latency", "seed",
    ]),
    "verify": (call_of(flagfall.verify, "taxi", threads=1), ["runs", "threads", "progress", "seed", "fleet"]),
    "Scenario.run": (call_of(flagfall.Scenario("taxi").run), ["seed", "replication"]),
    "Scenario.replace": (call_of(flagfall.Scenario("taxi").replace), ["fleet", "every", "fault"]),
    "stream": (call_of(flagfall.stream, **{"seed": 1}), ["seed", "replication", "path", "purpose", "incarnation"]),
    "draws": (drawn, [
        "below.bound", "range.low", "range.high", "chance.probability", "exponential.mean", "span.low",
        "span.high", "choose.items", "shuffle.items",
    ]),
    "statistics": (series, [
        "interval.values", "interval.level", "interval.shares", "share.yes", "share.of", "share.level",
        "paired.one", "paired.other", "paired.level", "batch_means.series", "batch_means.batches",
        "batch_means.significance", "batch_means.level", "mser5.series", "quantile.values",
        "quantile.probability", "replications_needed.values", "replications_needed.relative",
        "replications_needed.level", "autocorrelation.series", "autocorrelation.lag",
        "von_neumann_ratio.series", "student_quantile.degrees", "student_quantile.probability",
        "StoppingRule.relative", "StoppingRule.level", "StoppingRule.fewest", "StoppingRule.shares",
        "Tally.add", "Tally.extend", "Tally.merge",
    ]),
    "places": (lambda name, value: getattr(flagfall, name)(value), [
        "run", "Scenario", "verify", "sweep", "Study", "report",
    ]),
    "texts": (lambda name, value: getattr(flagfall.Scenario, name)(value), ["from_toml", "from_file"]),
    "report": (call_of(flagfall.report, "bad-days"), ["html", "of", "against", "run", "even_if_changed"]),
    "study": (call_of(flagfall.study, walk, replications=2, processes=1, quiet=True), [
        "grid", "replications", "precision", "of", "fewest", "most", "level", "seed", "processes",
        "start", "out", "version", "units", "retry_failed", "repair", "quiet", "progress",
    ]),
    "ties": (call_of(flagfall.ties, "taxi", rides=3, budget=5), [
        "of", "budget", "samples", "seed", "fleet", "latency",
    ]),
    "fork": (call_of(flagfall.fork, "taxi", rides=5, at="2s"), ["at", "seeds", "changes", "seed", "fleet"]),
    "diff": (lambda name, value: flagfall.diff(*{"one": (value, DAY), "other": (DAY, value)}[name]), [
        "one", "other",
    ]),
    "trace": (call_of(flagfall.run("taxi").trace), ["actor", "kind", "from_", "to", "first", "last"]),
}  # fmt: skip
"""Functions, and what of them gets a bad value."""

NAMED = {
    # What the text calls an argument that has no name, or one of another name.
    "run": ["model"], "Scenario": ["model"], "verify": ["model"], "sweep": ["model"], "Study": ["folder"],
    "report": ["study", "cannot read"], "from_toml": ["text", "line", "model", "TOML"], "from_file": ["path", "cannot read"],
    "add": ["value"], "extend": ["values"], "merge": ["other"],
    # One that is right alone needs another one.
    "precision": ["of"], "fewest": ["precision", "of"], "most": ["precision", "of", "fewest"], "of": ["measure"],
    "against": ["factor", "of"], "grid": ["set"], "low": ["high"], "yes": ["of"], "of_share": ["yes"],
    "relative": ["precision"], "one": ["other", "cannot read"], "other": ["cannot read"], "from_": ["--from"],
}  # fmt: skip
TAKES_LONG = {"replications", "most", "runs", "threads", "rides"}
"""Where a large number is right, and takes for ever."""


def is_left_out(parameter, value):
    if parameter in TAKES_LONG and numbers_of(value):
        return True
    # It would write there, or there is nobody to ask.
    return parameter in ("out", "html", "Study", "from_file") and isinstance(value, (str, pathlib.PurePath))


@pytest.mark.filterwarnings("ignore::flagfall.FlagfallWarning")
def test_ten_thousand_bad_arguments_of_all_functions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    flagfall.sweep("taxi", out="bad-days", **{**SWEEP, "grid": {"fleet": [2, 3]}})
    draw = random.Random(19)
    refused = {name: 0 for name in CALLS}
    silent = []
    for _ in range(15_000):
        kind = draw.choice(list(CALLS))
        call, names = CALLS[kind]
        name = draw.choice(names)
        parameter = name.rpartition(".")[2]
        value = draw.choice(BAD)
        if is_left_out(parameter, value):
            continue
        try:
            call(name, iter([1]) if isinstance(value, type(iter([]))) else value)
        except flagfall.FlagfallError as error:
            refused[kind] += 1
            known = [parameter, *NAMED.get(parameter, [])]
            check(error, (kind, name, told_of(value)), known, silent)
    print(f"refused: {refused}")
    assert sum(refused.values()) > 10_000
    assert all(refused.values())
    assert not silent, (len(silent), silent[:9])


def test_misspelt_keywords_of_all_functions():
    draw = random.Random(20)
    functions = {
        flagfall.sweep: ("taxi", ["replications", "precision", "fewest", "threads", "retry_failed"]),
        flagfall.compare: ("taxi", ["replications", "precision", "against_first", "threads"]),
        flagfall.verify: ("taxi", ["runs", "threads", "progress"]),
    }
    right = 0
    for _ in range(300):
        function = draw.choice(list(functions))
        model, names = functions[function]
        name = draw.choice(names)
        wrong = misspelt(draw, name)
        if wrong in names or not wrong.isidentifier() or wrong.startswith("_"):
            continue
        grid = {"grid": {"fleet": [2, 3]}} if function is flagfall.compare else {}
        with pytest.raises(flagfall.UsageError) as refused:
            function(model, **grid, **{wrong: 1})
        assert refused.value.argument == wrong
        right += f"did you mean {name}?" in str(refused.value)
    assert right > 200


def test_misspelt_options_get_the_nearest_name():
    draw = random.Random(18)
    right = 0
    for _ in range(1_000):
        model = draw.choice(MODELS)
        names = [name.replace("-", "_") for name in SCHEMA[model]]
        name = draw.choice(names)
        wrong = misspelt(draw, name)
        if wrong in names or not wrong.isidentifier() or wrong.startswith("_"):
            continue
        with pytest.raises(flagfall.UsageError) as refused:
            flagfall.run(model, **{wrong: 1})
        assert wrong in str(refused.value)
        assert refused.value.argument == wrong
        right += f"did you mean {name}?" in str(refused.value)
    assert right > 600


def test_texts_name_the_argument_and_the_remedy():
    def told(*model, **options):
        with pytest.raises(flagfall.UsageError) as refused:
            flagfall.run(*model, **options)
        assert refused.value.exit_code == 2
        return refused.value.argument, str(refused.value)

    assert "json" not in told("taxi", zzzzzzzz=3)[1]
    assert told("taxi", flet=3) == ("flet", "taxi has no option flet: did you mean fleet?")
    argument, text = told("taxi", fleet="x")
    assert argument == "fleet"
    assert "write a whole number from 0 to 4294967295" in text
    assert told("taxi", seed=-1)[0] == "seed"
    assert told("taxi", fleet=[])[1] == (
        "fleet is an empty list: leave it out, or put something into it")  # fmt: skip
    assert told("taxi", fleet=object())[1].startswith("fleet is of type object: give a number")
    assert told("taxi", grid={"fleet": [2, 4]})[1].endswith("options that vary are the grid of sweep and compare")
    assert "did you mean taxi?" in told("taxy")[1]
    # A function is a model for `study` alone.
    for call in (flagfall.run, flagfall.sweep, lambda model: flagfall.compare(model, grid={"load": [1, 2]})):
        with pytest.raises(flagfall.UsageError, match="is a function: flagfall.study") as caught:
            call(len)
        assert caught.value.argument == "model"
    assert told("taxi", rides=3, durations=[1])[1].endswith("leave one of them out")
    assert told(3)[0] == "model"
    assert told("")[0] == "model"
    assert told("--help")[0] == "model"
    assert "name a file" in told("taxi", durations_file="-")[1]
    for name in options.OF_THE_COMMAND | {"help"}:
        for value in [True, "1"]:
            argument, text = told("taxi", **{name.replace("-", "_"): value})
            assert argument == name.replace("-", "_")
            assert f"{name} is only for the command: leave it out" in text
    for name in ["Fleet", "a b", "-", "ride-seconds", ""]:
        assert "is not an option" in told("taxi", **{name: True})[1]


def test_only_the_model_stands_without_a_name():
    with pytest.raises(TypeError):
        flagfall.run()
    with pytest.raises(TypeError):
        flagfall.run("taxi", 42)
