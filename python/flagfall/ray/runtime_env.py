"""`ray.runtime_env`: what a task or an actor finds around it. Only variables have an effect here."""

from __future__ import annotations

from typing import Any

from flagfall.ray._supported import absent


class RuntimeEnv(dict[str, Any]):
    """The environment of tasks and actors, as a dictionary."""

    def __init__(self, **fields: Any) -> None:
        super().__init__({name: value for name, value in fields.items() if value is not None})

    def to_dict(self) -> dict[str, Any]:
        """The same as a plain dictionary."""
        return dict(self)


__all__ = ["RuntimeEnv"]
__getattr__ = absent("ray.runtime_env")
