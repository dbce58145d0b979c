"""What Ray programs may not do here."""

from __future__ import annotations

from flagfall._errors import FlagfallError


class NotSupported(FlagfallError):
    """Something that does not exist in virtual time, or not yet. Its text names the remedy."""


class MissingModule(NotSupported, ImportError):
    """A module of Ray that does not exist here. Programs may catch it as an `ImportError`."""


for _public in (NotSupported, MissingModule):
    # Messages and pickles name what users name.
    _public.__module__ = "flagfall.ray"
del _public
