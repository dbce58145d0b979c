"""The fence: what would let real time or the real world's chance in is refused by name.

Files are harmless: what a program reads there depends on no clock, and writing takes no virtual
time.
"""

from __future__ import annotations

import _thread
import builtins
import os
import platform
import signal
import socket
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from flagfall.ray._errors import NotSupported
from flagfall.ray._world._inside import here, mine
from flagfall.ray._world.patches import Patches

HOST = "flagfall"
"""The name of the machine in simulated code."""
_ADDRESS = "127.0.0.1"

_THREADS = "such a thread runs in real time. Use threading.Thread"
_PROCESSES = "other programs run in real time. Run them before, or use tasks or actors of Ray"
_SOCKETS = "the network answers in real time. Use actors of Ray, or files"
_SIGNALS = "signals come in real time. Use time.sleep, or a task of Ray"
_WAITS = "it waits in real time. Use time.sleep, asyncio or ray.wait"


def _refuse(patches: Patches, owner: Any, prefix: str, names: str, why: str) -> None:
    for name in names.split():
        patches.either(owner, name, _refused(f"{prefix}.{name}", why))


def _refused(shown: str, why: str) -> Callable[..., Any]:
    shown = shown.removesuffix(".__init__")

    def virtual(*args: Any, **kwargs: Any) -> Any:
        raise NotSupported(f"{shown} is not supported in simulated code: {why}")

    return virtual


def _processes(patches: Patches) -> None:
    _refuse(patches, os, "os", "system popen fork forkpty posix_spawn posix_spawnp "
            "execv execve execvp execvpe wait waitpid wait3 wait4 waitid kill killpg", _PROCESSES)  # fmt: skip

    def of_subprocess(module: ModuleType) -> None:
        _refuse(patches, module.Popen, "subprocess.Popen", "__init__", _PROCESSES)

    def of_multiprocessing(module: ModuleType) -> None:
        _refuse(patches, module.BaseContext, "multiprocessing",
                "Process Pool Manager Queue SimpleQueue JoinableQueue Pipe Lock RLock Condition "
                "Semaphore BoundedSemaphore Event Barrier Value Array RawValue RawArray", _PROCESSES)  # fmt: skip
        # The functions of the package are bound methods that were taken before.
        # Not imported here: the package may just be importing this module.
        package = sys.modules["multiprocessing"]
        _refuse(patches, package, "multiprocessing",
                "Pool Manager Queue SimpleQueue JoinableQueue Pipe Lock RLock Condition "
                "Semaphore BoundedSemaphore Event Barrier Value Array RawValue RawArray", _PROCESSES)  # fmt: skip

    def of_process(module: ModuleType) -> None:
        _refuse(patches, module.BaseProcess, "multiprocessing.Process", "start", _PROCESSES)

    def of_executor(module: ModuleType) -> None:
        _refuse(patches, module.ProcessPoolExecutor, "concurrent.futures.ProcessPoolExecutor",
                "__init__", _PROCESSES)  # fmt: skip

    patches.when_imported("subprocess", of_subprocess)
    patches.when_imported("multiprocessing.context", of_multiprocessing)
    patches.when_imported("multiprocessing.process", of_process)
    patches.when_imported("concurrent.futures.process", of_executor)


def _threads(patches: Patches) -> None:
    _refuse(patches, _thread, "_thread", "start_joinable_thread", _THREADS)


def _network(patches: Patches) -> None:
    _refuse(patches, socket.socket, "socket.socket",
            "connect connect_ex listen accept recv recv_into recvfrom recvfrom_into recvmsg "
            "recvmsg_into send sendall sendto sendmsg sendfile", _SOCKETS)  # fmt: skip
    _refuse(patches, socket, "socket", "create_connection create_server getaddrinfo gethostbyaddr "
            "gethostbyname_ex getnameinfo", _SOCKETS)  # fmt: skip

    def by_name(name: str, /) -> str:
        if name in (HOST, "localhost", _ADDRESS):
            return _ADDRESS
        raise NotSupported(f"socket.gethostbyname of {name} is not supported in simulated code: {_SOCKETS}")

    patches.either(socket, "gethostbyname", by_name)
    for owner, name in ((socket, "gethostname"), (socket, "getfqdn"), (platform, "node")):
        patches.either(owner, name, lambda *_: HOST)
    import select

    _refuse(patches, select, "select", "select poll epoll kqueue devpoll", _WAITS)


def _handlers() -> dict[int, Any]:
    process = here()
    assert process is not None
    return mine(process, "signals", lambda _: {})


def _signals(patches: Patches) -> None:
    _refuse(patches, signal, "signal", "alarm setitimer pause sigwait sigwaitinfo sigtimedwait "
            "pthread_kill raise_signal siginterrupt set_wakeup_fd", _SIGNALS)  # fmt: skip
    getsignal = signal.getsignal

    def virtual_get(number: int, /) -> Any:
        return _handlers().get(number, getsignal(number))

    def virtual_set(number: int, handler: Any, /) -> Any:
        # Nobody sends signals in a simulation; Ctrl-C stays that of the run.
        before = virtual_get(number)
        _handlers()[number] = handler
        return before

    patches.either(signal, "signal", virtual_set)
    patches.either(signal, "getsignal", virtual_get)


def install(patches: Patches) -> None:
    """Refuses what would let real time in, in simulated code."""
    _threads(patches)
    _processes(patches)
    _network(patches)
    _signals(patches)
    why = "nobody answers in virtual time. Give it as an argument of the command line"
    patches.either(builtins, "input", _refused("input", why))
