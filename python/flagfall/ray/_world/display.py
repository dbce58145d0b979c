"""Values as a notebook shows them."""

from __future__ import annotations

from typing import Any

_WIDTH = 79
_MOST = 1_000
_KINDS = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "text/latex": "_repr_latex_",
    "image/svg+xml": "_repr_svg_",
}


def plain(value: Any, indent: int = 0) -> str:
    """The text of a value: on one line if it fits, otherwise with a line for each item."""
    text = repr(value)
    if len(text) + indent <= _WIDTH or "\n" in text:
        return text
    kind = type(value)
    if kind not in (list, tuple, set, dict) or not value:
        return text
    first, last = ("[", "]") if kind is list else ("(", ")") if kind is tuple else ("{", "}")
    space = "\n" + " " * (indent + 1)
    items = []
    for item in _items(value)[:_MOST]:
        if kind is dict:
            key = plain(item, indent + 1)
            items.append(f"{key}: {plain(value[item], indent + len(key) + 3)}")
        else:
            items.append(plain(item, indent + 1))
    if len(value) > _MOST:
        items.append("...")
    comma = "," if kind is tuple and len(value) == 1 else ""
    return first + f",{space}".join(items) + comma + last


def _items(value: Any) -> list[Any]:
    if isinstance(value, set):
        try:
            return sorted(value)
        except TypeError:
            pass
    return list(value)


def bundle(value: Any) -> dict[str, Any]:
    """What a notebook file keeps of a value: its texts by kind."""
    found: dict[str, Any] = {"text/plain": plain(value)}
    for kind, method in _KINDS.items():
        # A class has the methods of its instances.
        function = None if isinstance(value, type) else getattr(value, method, None)
        made = function() if callable(function) else None
        if isinstance(made, str):
            found[kind] = made
    return found
