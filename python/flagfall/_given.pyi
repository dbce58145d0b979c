"""A model with its options, as type checkers know it.

`python/tests/options.py` writes this file.
"""

from typing import Literal, overload
from typing_extensions import Unpack
from flagfall._options import (
    ActorTreeOptions,
    MessagesOptions,
    ParameterServerOptions,
    QueueOptions,
    RayOptions,
    RunOptions,
    TaxiOptions,
)

class Given:
    __slots__ = ("_words",)
    _words: tuple[str, ...]
    @overload
    def __init__(
        self, model: Literal["actor-tree"], /, **options: Unpack[ActorTreeOptions],
    ) -> None: ...
    @overload
    def __init__(
        self, model: Literal["messages"], /, **options: Unpack[MessagesOptions],
    ) -> None: ...
    @overload
    def __init__(
        self, model: Literal["parameter-server"], /, **options: Unpack[ParameterServerOptions],
    ) -> None: ...
    @overload
    def __init__(
        self, model: Literal["queue"], /, **options: Unpack[QueueOptions],
    ) -> None: ...
    @overload
    def __init__(
        self, model: Literal["ray"], /, **options: Unpack[RayOptions],
    ) -> None: ...
    @overload
    def __init__(
        self, model: Literal["taxi"], /, **options: Unpack[TaxiOptions],
    ) -> None: ...
    @overload
    def __init__(
        self, model: str, /, **options: Unpack[RunOptions],
    ) -> None: ...
