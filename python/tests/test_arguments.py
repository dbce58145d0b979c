"""Bad arguments: each is an exception that names the argument and says what to do."""

import datetime
import decimal
import fractions
import pathlib
import random

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


@pytest.mark.filterwarnings("ignore::flagfall.FlagfallWarning")
def test_ten_thousand_bad_arguments():
    draw = random.Random(17)
    refused = 0
    silent = []
    for _ in range(12_000):
        model = draw.choice(MODELS)
        name = draw.choice(sorted(SCHEMA[model])).replace("-", "_")
        value = draw.choice(BAD)
        call = draw.choice([flagfall.run, flagfall.Scenario])
        # A value that the option takes ends the run at a limit.
        given = {"max_events": 200, "max_pending": 1_000, name: value}
        try:
            call(model, **given)
        except flagfall.UsageError as error:
            refused += 1
            text = str(error)
            # Where a value makes sense alone, the text names the option that it needs beside it.
            names = [name, name.replace("_", "-"), "give --polls"]
            if not any(name in text for name in names):
                silent.append((model, name, ascii(value) if type(value) is not Odd else "Odd", text))
        except flagfall.FlagfallError as error:
            refused += 1
            assert str(error)
    assert refused > 8_000
    assert not silent, silent[:5]


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
    assert "did you mean taxi?" in told("taxy")[1]
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
