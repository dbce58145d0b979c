"""The command `flagfall`, as a console script and as `python -m flagfall`."""

import signal
import sys

from flagfall._flagfall import command


def main() -> int:
    """Runs the command with the arguments of the process; returns its exit code."""
    # The command has its own answer to Ctrl-C. That of Python would only set a mark, which
    # nobody looks at before the command is over. What is ignored stays so.
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    return command(["flagfall", *sys.argv[1:]])
