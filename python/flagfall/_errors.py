"""What goes wrong, with the texts and exit codes of the command."""


class FlagfallError(Exception):
    """Something that flagfall refuses, or that ended a run."""

    exit_code: int = 1
    """What the command would have ended with."""


class RunError(FlagfallError):
    """The run ended with an error: a limit, a panic in a handler, somebody waits in vain."""


class UsageError(FlagfallError, ValueError):
    """An option is unknown, or has a value that it cannot have."""

    exit_code = 2


class FileError(FlagfallError, OSError):
    """A file cannot be read, or has a mistake in it."""

    exit_code = 3


def error_of(exit_code: int, text: str) -> FlagfallError:
    """The exception for an exit code of the command, with that text."""
    kinds: dict[int, type[FlagfallError]] = {2: UsageError, 3: FileError}
    return kinds.get(exit_code, RunError)(text)
