"""The command `flagfall`, as a console script and as `python -m flagfall`."""

import _thread
import os
import signal
import sys

from flagfall import _command_on
from flagfall._command_ray import HELP, IN_LIST, fix_hashes, is_list, is_of_ray, long_words
from flagfall._flagfall import command


def _end_at_interrupt() -> None:
    """Lets Ctrl-C end the process as the system would, but without temporary files of a program
    of Ray. A thread waits for the signal, as a handler of Python has to wait for the main thread,
    which is the engine's."""

    def wait() -> None:
        signal.sigwait({signal.SIGINT})
        randomness = sys.modules.get("flagfall.ray._world.randomness")
        if randomness is not None:
            randomness.remove_temporary()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        os.kill(os.getpid(), signal.SIGINT)

    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    # Not one of `threading`, whose threads a program can count.
    _thread.start_new_thread(wait, ())


def main() -> int:
    """Runs the command with the arguments of the process; returns its exit code."""
    words = sys.argv[1:]
    if is_of_ray(words):
        fix_hashes()
    if words[:1] == ["ray"] or words == ["help", "ray"]:
        # The first word decides: further on, it may be one of the program's.
        if words[1:2] in (["--help"], ["-h"], []) or words[0] == "help":
            print(HELP, end="")
            return 0
        found = long_words(words[1:])
        if isinstance(found, str):
            print(f"error: {found}", file=sys.stderr)
            return 2
        words = found
    if _command_on.is_on(words):
        code = _command_on.run_on_cluster(words)
        # What is left is the end of the interpreter, with that code.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return code
    # The command has its own answer to Ctrl-C. That of Python would only set a mark, which
    # nobody looks at before the command is over. What is ignored stays so.
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if is_of_ray(words) and words[0] == "run":
            _end_at_interrupt()
    if words[:2] == ["verify", "ray"]:
        from flagfall._verify_ray import verify

        return verify(words)
    code = command(["flagfall", *words])
    if is_of_ray(words) and words[0] == "run":
        from flagfall.ray import _launch

        code = _launch.exit_code(code, "--json" in words)
    if is_list(words):
        print(IN_LIST, end="")
    elif _command_on.is_help(words):
        print(_command_on.HELP, end="")
    return code
