"""What there is of Ray's interface, and what the page says of it, held to real Ray's: see
`fixtures/ray/interface.py`."""

import importlib
import inspect
import re
from pathlib import Path

import pytest
from world import simulated

import flagfall.ray as ray
from flagfall.ray import NotSupported, _supported

FOLDER = Path(__file__).resolve().parents[3]
LINES = (FOLDER / "fixtures/ray/interface.txt").read_text(encoding="utf-8").splitlines()
MODULES = [line.split()[1] for line in LINES if line.startswith("module ")]
NAMES = [tuple(line.split()[1:]) for line in LINES if line.startswith("name ")]
MEMBERS = [tuple(line.split()[1:]) for line in LINES if line.startswith("member ")]
OPTIONS = [tuple(line.removeprefix("option ").rsplit(" ", 1)) for line in LINES if line.startswith("option ")]
PAGE = (FOLDER / "docs/ray.md").read_text(encoding="utf-8")


def ours(name):
    return importlib.import_module(f"flagfall.{name}")


def rows(head):
    """The rows of the table of the page with that head: the names in each cell."""
    lines = PAGE.split(head + "\n", 1)[1].splitlines()[1:]
    table = lines[: next(place for place, line in enumerate(lines) if not line.startswith("|"))]
    cells = [line[1:-1].split("|") for line in table]
    return {cell[0].strip().strip("`"): [set(re.findall(r"`([^`]+)`", one)) for one in cell[1:]] for cell in cells}


def is_there(module, name):
    """Whether it is; if not, the error says so."""
    try:
        getattr(ours(module), name)
    except NotSupported as error:
        assert isinstance(error, ImportError)
        assert str(error) == f"{module}.{name} is not supported in virtual time; {_supported.PAGE} lists what is"
        return False
    return True


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_there_or_named(module):
    def main():
        return importlib.import_module(module)

    package, _, name = module.rpartition(".")
    try:
        assert simulated(main)[0].__name__ == f"flagfall.{module}"
        assert is_there(package, name)
    except NotSupported as error:
        assert isinstance(error, ImportError)
        assert str(error).startswith(f"{module} is not supported in virtual time; docs/ray.md#")
        assert not is_there(package, name)


def test_the_page_names_what_is_there():
    there = {}
    for module, name in NAMES:
        if is_there(module, name):
            there.setdefault(module, set()).add(name)
    assert len(NAMES) > 150 and there
    shown = {module: names for module, (names,) in rows("| module | names |").items()}
    assert shown == there


def test_the_page_names_the_members_that_are_not_there():
    absent = {}
    for kind, name in MEMBERS:
        module, _, of = kind.rpartition(".")
        if not hasattr(getattr(ours(module), of), name):
            absent.setdefault(kind, set()).add(name)
    assert {kind: names for kind, (names,) in rows("| class | what it has not |").items()} == absent


CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in Path(ray.__file__).parent.rglob("*.py")
    if path.name != "_supported.py"
)


def effect(of, name):
    """Which column of the page's table an option belongs to."""
    columns = (_supported.WITHOUT_EFFECT, _supported.NOTED, _supported.REFUSED)
    found = [1 + place for place, column in enumerate(columns) if name in column.get(of, ())]
    assert len(found) <= 1, name
    # What is honoured is named somewhere in the code that does it.
    assert found or re.search(rf"\b{name}\b", CODE), name
    return found[0] if found else 0


def test_the_page_says_which_options_are_honoured():
    wanted = {of: [set(), set(), set(), set()] for of, _ in OPTIONS}
    for of, name in OPTIONS:
        wanted[of][effect(of, name)].add(name)
    assert rows("| options of | honoured | no effect | no effect: a note says so | refused |") == wanted
    for part in (_supported.WITHOUT_EFFECT, _supported.NOTED, _supported.REFUSED):
        assert all((of, name) in OPTIONS for of, names in part.items() for name in names)


FUNCTIONS = {of for of, _ in OPTIONS if of.startswith("ray.") and " " not in of}


@pytest.mark.parametrize("of", sorted(FUNCTIONS))
def test_functions_take_the_options_of_ray(of):
    module, _, name = of.rpartition(".")
    parameters = inspect.signature(getattr(ours(module), name)).parameters
    wanted = {name for one, name in OPTIONS if one == of}
    if of == "ray.init":
        from flagfall.ray import _init_options

        assert wanted - set(parameters) == _init_options._KNOWN
    else:
        assert {name for name, one in parameters.items() if one.default is not one.empty} == wanted


def test_decorators_take_the_options_of_ray():
    from flagfall.ray import _handles, _options

    for of, known in (
        (_supported.OF_TASKS, _options.OF_TASKS), (_supported.OF_ACTORS, _options.OF_ACTORS),
        (_supported.OF_METHODS, _handles.OF_METHODS),
    ):  # fmt: skip
        assert set(known) == {name for one, name in OPTIONS if one == of}


REFUSED = {
    "ray.init": lambda name: ray.init(**{name: object()}),
    "ray.remote of a function": lambda name: ray.remote(**{name: 2})(lambda: None),
    "ray.remote of a class": lambda name: ray.remote(**{name: True if name.startswith("en") else 2})(Path),
    "options of a method": lambda name: ray.remote(Path).remote().exists.options(**{name: "nccl"}),
    "runtime_env": lambda name: ray.init(runtime_env={name: print}),
    "ray.put": lambda name: ray.put(1, **{name: "x"}),
    "ray.util.placement_group.placement_group":
        lambda name: ray.util.placement_group([{"CPU": 1}], **{name: ["x"]}),
}  # fmt: skip


@pytest.mark.parametrize(("of", "name"), [(of, one) for of, names in _supported.REFUSED.items() for one in sorted(names)])
def test_an_option_is_refused_by_name(of, name):
    with pytest.raises(NotSupported, match=f"^{name} of {of} is not supported in virtual time; leave it out. docs/"):
        simulated(lambda: REFUSED[of](name))


def test_a_note_says_what_has_no_effect(capsys):
    _supported._told.clear()

    def main():
        ray.init(runtime_env={"pip": ["x"], "env_vars": {"A": "b"}}, include_dashboard=False, _system_config={})
        ray.remote(lambda: 1).options(runtime_env=ray.runtime_env.RuntimeEnv(pip=["x"], working_dir=".")).remote()

    simulated(main)
    assert capsys.readouterr().err.splitlines() == [
        f"note: {name} of {of} has no effect in virtual time: see docs/ray.md#what-of-ray-there-is"
        for name, of in (("_system_config", "ray.init"), ("pip", "runtime_env"), ("working_dir", "runtime_env"))
    ]


def test_the_link_leads_to_a_section():
    heads = re.findall(r"^## (.*)", PAGE, re.MULTILINE)
    anchors = [head.lower().replace(" ", "-") for head in heads]
    assert _supported.PAGE.partition("#")[2] in anchors
