"""The typed keywords of `flagfall.run` and its like, made from the options of the command.

    python python/tests/options.py

writes `_options.py`, `_typed.pyi` and `_given.pyi` in `python/flagfall/`, with the `flagfall` that
is installed.
"""

import functools
import inspect
import json
import pathlib
import re
import subprocess
import sysconfig
import textwrap

from flagfall import _given, _typed

OF_STUDIES = {
    "model", "grid", "replications", "precision", "fewest", "most", "of", "level",
    "goal", "best", "indifference", "chance", "first", "procedure",
}  # fmt: skip
OF_SNAPSHOTS = ["lang", "summary"]
# Of a terminal, or of files that the command writes.
OF_THE_COMMAND = {
    "json", "quiet", "verbose", "trace", "pace", "record", "html",
    "snapshot", "snapshot-at", "snapshot-every",
}  # fmt: skip

HEAD = '''"""The options of the models, as typed keywords. `python/tests/options.py` writes this file."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from typing import Literal, TypedDict, Union

Text = Union[str, float]
"""A text of the command, or a number where it is one."""
Span = Union[str, datetime.timedelta]
"""A span such as "90s" or "1h30m"."""
Path = Union[str, "os.PathLike[str]"]
"""The path of a file."""
Latency = Union[str, datetime.timedelta, Literal[0]]
"""A span, or a law such as "exponential:2ms"; 0 is none."""

'''


@functools.cache
def schema():
    """The scenarios of each model, as `flagfall schema` has them."""
    command = str(pathlib.Path(sysconfig.get_path("scripts")) / "flagfall")
    printed = subprocess.run([command, "schema"], capture_output=True, text=True, check=True)
    return json.loads(printed.stdout)["$defs"]


def options_of(model):
    """The options that a keyword can give, by name."""
    left_out = OF_STUDIES | OF_THE_COMMAND
    return {name: kind for name, kind in model["properties"].items() if name not in left_out}


def type_of(name, kind):
    if "anyOf" in kind:
        one = type_of(name, kind["anyOf"][0])
        return f"{one} | Sequence[{one}]"
    if "enum" in kind:
        return f"Literal[{', '.join(json.dumps(word) for word in kind['enum'])}]"
    types = kind["type"]
    if types == "boolean":
        return "bool"
    if types == "string":
        return "Path"
    if "integer" in types and kind.get("maximum") == 0:
        return "Span"
    if "integer" in types:
        return "int"
    if name == "latency":
        return "Latency"
    if "array" in types:
        return "Text | Sequence[Text]"
    return "float" if types[0] == "number" else "Text"


def default_of(kind, models):
    """What stands there where it is not given, if it is the same for all those models."""
    default = kind.get("default")
    if default in (None, False) or len({str(model.get("default")) for model in models}) > 1:
        return ""
    return f" Without it, {default}."


def told(kind):
    """The help of an option, as it is true of a keyword."""
    text = kind["description"].replace("; - is standard input", "").rstrip(".")
    text = text.replace(" (repeatable)", "; a list gives several")
    text = text.replace("may be repeated", "a list gives several")
    text = re.sub("--([a-z-]+)", lambda found: found[1].replace("-", "_"), text)
    return text.replace("\\", "\\\\") + "."


def written(name, parent, about, options, peers=lambda name: []):
    """A class of keywords; `peers` are the options of that name of other models."""
    lines = [f"class {name}({parent}, total=False):", f'    """{about}"""', ""]
    for option, kind in options.items():
        lines.append(f"    {option.replace('-', '_')}: {type_of(option, kind)} | None")
        text = told(kind) + default_of(kind, [kind, *peers(option)])
        body = "\n    ".join(textwrap.wrap(text, 92))
        lines.append(f'    """{body}"""')
    return "\n".join(lines) + "\n\n\n"


def class_of(model):
    return "".join(part.capitalize() for part in model.split("-")) + "Options"


def text():
    """The file."""
    described = schema()
    models = {name: options_of(model) for name, model in described.items()}
    first = next(iter(models.values()))
    in_all = [name for name in first if all(name in options for options in models.values())]
    shared = {name: first[name] for name in in_all}
    peers = lambda name: [options[name] for options in models.values()]  # noqa: E731
    parts = [written("RunOptions", "TypedDict", "What every model takes.", shared, peers)]
    of_snapshots = {name: shared[name] for name in OF_SNAPSHOTS}
    parts.append(written("SnapshotOptions", "TypedDict", "What a snapshot takes.", of_snapshots, peers))
    repeated, separated = set(), set()
    for name, options in models.items():
        own = {option: kind for option, kind in options.items() if option not in shared}
        about = described[name]["description"].rstrip(".") + "."
        parts.append(written(class_of(name), "RunOptions", about, own))
        lists = {option.replace("-", "_"): kind["anyOf"][1] for option, kind in options.items()
                 if "anyOf" in kind}  # fmt: skip
        repeated |= lists.keys()
        separated |= {option for option, kind in lists.items() if "[^,]" in kind["items"].get("pattern", "")}
    tail = (
        f"REPEATED = frozenset({set_of(repeated)})\n"
        '"""Options that are given once for each item of a list; others take it with commas."""\n\n'
        f"SEPARATED = frozenset({set_of(separated)})\n"
        '"""Those of them of which one text can have several, with commas between them."""\n'
    )
    return HEAD + "\n" + "".join(parts) + tail


def set_of(names):
    lines = ",\n    ".join(json.dumps(name) for name in sorted(names))
    return f"{{\n    {lines},\n}}"


# Where the names of signatures come from.
NAMES = {
    "collections.abc": ["Callable", "Mapping", "Sequence"],
    "typing": ["Any", "Literal", "overload"],
    "flagfall._calls": ["Path"],
    "flagfall._fork": ["Fork"],
    "flagfall._results": ["Comparison", "Shard", "Study"],
    "flagfall._run": ["Run"],
    "flagfall._scenario": ["Scenario", "Verified"],
    "flagfall._study": ["Grid"],
    "flagfall._ties": ["TieShard", "Ties"],
    "flagfall._trace": ["Time"],
}


WHOLE, PART = ("None", " = None", 0), ("str", "", 1)
"""What `shard` is, its default, and which of the types is returned then."""


def signature(function, model, options, indent="", shard=None):
    """A signature of that function for a model of that type, with those options."""
    whole = inspect.signature(function)
    lines = []
    for name, parameter in whole.parameters.items():
        if name == "self":
            lines.append("self")
            continue
        if name == "model":
            default = " = None" if model == "None" else ""
            lines += [f"model: {model}{default}", "/"]
            continue
        if parameter.kind is parameter.VAR_KEYWORD:
            lines.append(f"**{name}: Unpack[{options}]")
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in lines:
            lines.append("*")
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        kind = parameter.annotation
        if name == "shard":
            kind, default, _ = shard
        lines.append(f"{name}: {kind}{default}")
    # A parameter stays on one line.
    kept = [line.replace(" ", "\0") + "," for line in lines]
    wrapped = textwrap.fill(" ".join(kept), 92, break_on_hyphens=False).replace("\0", " ")
    inside = textwrap.indent(wrapped + "\n", f"{indent}    ")
    head = f"{indent}@overload\n{indent}def {function.__name__}(\n"
    returned = whole.return_annotation.split(" | ")[shard[2]] if shard else whole.return_annotation
    return f"{head}{inside}{indent}) -> {returned}: ...\n"


def signatures(function, indent=""):
    """The signatures of that function, one for each model, and for a part of a study."""
    parameters = inspect.signature(function).parameters
    shards = [WHOLE, PART] if "shard" in parameters else [None]
    if "model" not in parameters:
        several = [("", "")]
    else:
        taken = str(parameters["model"].annotation)
        models = [(f'Literal["{name}"]', class_of(name)) for name in schema()]
        others = [("Scenario", "RunOptions"), ("None", "SnapshotOptions")]
        others = [(model, options) for model, options in others if model in taken]
        several = [*models, *others, ("str", "RunOptions")]
    return "".join(signature(function, *one, indent, shard) for one in several for shard in shards)


def stub(about, body):
    """A file for type checkers, with the imports that it needs."""
    lines = [f'"""{about}\n\n`python/tests/options.py` writes this file.\n"""', ""]
    options = [*map(class_of, schema()), "RunOptions", "SnapshotOptions"]
    sources = {**NAMES, "typing_extensions": ["Unpack"], "flagfall._options": options}
    for source, names in sources.items():
        used = sorted(name for name in names if re.search(rf"\b{name}\b", body))
        if used:
            line = f"from {source} import {', '.join(used)}"
            several = f"from {source} import (\n    " + ",\n    ".join(used) + ",\n)"
            lines.append(line if len(line) <= 100 else several)
    return "\n".join(lines) + "\n\n" + body


def typed():
    """The signatures of all functions that take options of a model."""
    names = ", ".join(f'"{name}"' for name in _typed.__all__)
    functions = [signatures(getattr(_typed, name)) for name in _typed.__all__]
    body = "\n".join([f"__all__ = [{names}]\n", *functions])
    return stub("The functions that take options of models, as type checkers know them.", body)


def given():
    """The signatures of a scenario."""
    init = signatures(_given.Given.__init__, "    ")
    body = f'class Given:\n    __slots__ = ("_words",)\n    _words: tuple[str, ...]\n{init}'
    return stub("A model with its options, as type checkers know it.", body)


FILES = {"_options.py": text, "_typed.pyi": typed, "_given.pyi": given}
"""The files that are written, and what they have."""


if __name__ == "__main__":
    for name, content in FILES.items():
        path = pathlib.Path(__file__).parents[1] / "flagfall" / name
        path.write_text(content(), encoding="utf-8")
