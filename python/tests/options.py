"""The typed keywords of `flagfall.run` and its like, made from the options of the command.

    python python/tests/options.py

writes `python/flagfall/_options.py`, with the `flagfall` that is installed.
"""

import functools
import json
import pathlib
import re
import subprocess
import sysconfig
import textwrap

OF_STUDIES = {"model", "grid", "replications", "precision", "of", "level"}
# Of a terminal, or of files that the command writes.
OF_THE_COMMAND = {
    "json", "quiet", "verbose", "trace", "pace", "record",
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
Latency = Union[str, datetime.timedelta]
"""A span, or a law such as "exponential:2ms"."""

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
    repeated = set()
    for name, options in models.items():
        own = {option: kind for option, kind in options.items() if option not in shared}
        about = described[name]["description"].rstrip(".") + "."
        parts.append(written(class_of(name), "RunOptions", about, own))
        repeated |= {option.replace("-", "_") for option, kind in options.items() if "anyOf" in kind}
    names = ",\n    ".join(json.dumps(name) for name in sorted(repeated))
    tail = (
        f"REPEATED = frozenset({{\n    {names},\n}})\n"
        '"""Options that are given once for each item of a list; others take it with commas."""\n'
    )
    return HEAD + "\n" + "".join(parts) + tail


if __name__ == "__main__":
    path = pathlib.Path(__file__).parents[1] / "flagfall" / "_options.py"
    path.write_text(text(), encoding="utf-8")
