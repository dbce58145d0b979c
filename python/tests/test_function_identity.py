"""Functions of the same name: which of them a folder takes for the function that it was begun with."""

import dataclasses
import enum
import functools
import pathlib

import pytest

import flagfall

from function_helpers import folder  # noqa: F401


def made(function, out="same"):
    study = flagfall.study(function, replications=2, processes=1, out=out, quiet=True)
    return study.summary["points"][0]["measures"][0]["mean"]


def refused(function, out="same"):
    with pytest.raises(flagfall.FileError, match="was changed since") as error:
        made(function, out)
    return error.value.exit_code == 5


def scaled(by):
    def model(seed, replication):
        return {"x": replication * 2.0, "by": len(str(by))}

    return model


def test_lambdas_of_one_line_are_others():
    one, other = lambda seed, replication: {"x": 1.0}, lambda seed, replication: {"x": 2.0}
    assert made(one) == 1 and made(one) == 1
    assert refused(other)


LAMBDA = """
import flagfall
study = flagfall.study(
    lambda seed, replication:
        {"x": VALUE},
    replications=2, processes=1, out="lines")  # COMMENT
"""


def test_all_lines_of_a_lambda_count_and_none_around_it():
    for number, (value, comment) in enumerate([("1.0", "one"), ("1.0", "two"), ("2.0", "one")]):
        path = pathlib.Path(f"lambda_{number}.py")
        path.write_text(LAMBDA.replace("VALUE", value).replace("COMMENT", comment))
        program = compile(path.read_text(), str(path), "exec")
        if value == "2.0":
            with pytest.raises(flagfall.FileError, match="lambda was changed since"):
                exec(program, {"__name__": "__main__"})
        else:
            exec(program, {"__name__": "__main__"})


@dataclasses.dataclass
class Firm:
    taxis: int
    fares: list


class Kind(enum.Enum):
    FAST = 1
    SLOW = 2


def double(number):
    return 2 * number


def triple(number):
    return 3 * number


VALUES = [
    1, 2, 1.0, True, None, "1", b"1", (1,), [1], [1, 2], {1}, {1: 2}, {1: 3}, 1j,
    Firm(1, [2]), Firm(1, [3]), Kind.FAST, Kind.SLOW, int, float, double, triple,
    functools.partial(double, 1), functools.partial(double, 2), scaled(1), scaled(2),
]  # fmt: skip


def test_what_a_function_of_a_function_was_made_with_counts():
    folders = {}
    for number, value in enumerate(VALUES):
        made(scaled(value), f"value-{number}")
        source = flagfall.Study(f"value-{number}").manifest["parameters"]["source"]
        assert source not in folders, (value, folders[source])
        folders[source] = value
        # An equal one is the same.
        made(scaled(value), f"value-{number}")
    assert made(scaled(1)) == 1 and refused(scaled(2))
    # Without a folder, each has one of its own.
    one, other = (flagfall.study(scaled(by), replications=2, processes=1) for by in (1, 2))
    assert one.folder != other.folder
    # Of these, nothing but the type can be seen.
    made(scaled(object()), "object")
    made(scaled(object()), "object")
    circle = []
    circle.append(circle)
    made(scaled(circle), "circle")


def test_arrays_that_a_function_was_made_with_count():
    numpy = pytest.importorskip("numpy")
    made(scaled(numpy.array([1, 2])))
    made(scaled(numpy.array([[1, 2]])[0]))
    masked = [numpy.ma.array([1, 2], mask=mask) for mask in ([True, False], [False, True])]
    made(scaled(masked[0]), "masked")
    assert refused(scaled(masked[1]), "masked") and refused(scaled(numpy.ma.masked), "masked")
    for other in (numpy.array([1, 3]), numpy.array([1.0, 2.0]), numpy.array([[1, 2]]), numpy.int64(1)):
        assert refused(scaled(other))


def test_defaults_and_decorators_count():
    functions = []
    for by in (1, 2):

        def model(seed, replication, by=by):
            return {"x": 1.0 * by}

        functions.append(model)
    assert made(functions[0], "defaults") == 1
    assert refused(functions[1], "defaults")

    def times(by):
        def decorated(function):
            @functools.wraps(function)
            def wrapper(**given):
                return {name: by * number for name, number in function(**given).items()}

            return wrapper

        return decorated

    assert made(times(1)(functions[0]), "decorators") == 1
    assert refused(times(2)(functions[0]), "decorators")
    # A cache changes no result.
    made(functools.lru_cache(functions[0]), "defaults")


def test_a_state_of_a_function_does_not_count():
    calls = 0

    def model(seed, replication):
        nonlocal calls
        calls += 1
        return {"x": 1.0}

    made(model)
    made(model)
    assert calls == 2


class Parent:
    number = 1.0

    @classmethod
    def model(cls, seed, replication):
        return {"x": cls.number}


class Child(Parent):
    number = 2.0


def test_an_inherited_method_of_a_class_has_the_name_of_the_class():
    assert made(Parent.model) == 1
    with pytest.raises(flagfall.FileError):
        made(Child.model)
    assert flagfall.study(Child.model, replications=2, processes=2).manifest["model"].endswith("Child.model")
