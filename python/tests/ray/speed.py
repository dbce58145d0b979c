"""How fast Ray programs run, and how much memory they take: `python speed.py`. No test runs it.

Seconds are those of the processor, for other work of the machine does not count.
"""

import ctypes
import gc
from collections.abc import Callable
from pathlib import Path

import flagfall.ray as ray

# `time` is virtual here.
_LIBRARY = ctypes.CDLL(None)


class _Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanos", ctypes.c_long)]


def processor() -> float:
    """The seconds that the processor has worked for this process."""
    time = _Time()
    _LIBRARY.clock_gettime(2, ctypes.byref(time))
    return time.seconds + time.nanos / 1e9


def resident() -> float:
    """The memory of this process, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


@ray.remote
class Counter:
    def __init__(self) -> None:
        self.count = 0

    def add(self, more: int) -> int:
        self.count += more
        return self.count

    def same(self, value: object) -> object:
        return value


def best(work: Callable[[], object], count: int) -> str:
    """How many of `count` things a second, of five tries the best."""
    seconds = []
    for _ in range(5):
        begin = processor()
        work()
        seconds.append(processor() - begin)
    return f"{count / min(seconds):12,.0f} a second"


def calls() -> None:
    ray.init()
    counter = Counter.remote()
    ray.get(counter.add.remote(1))
    add, same = counter.add, counter.same

    def pipelined() -> None:
        for _ in range(20):
            ray.get([add.remote(1) for _ in range(1000)])

    def one_by_one() -> None:
        for _ in range(20_000):
            ray.get(add.remote(1))

    def dictionaries() -> None:
        for _ in range(20):
            ray.get([same.remote({"a": 1, "b": [1, 2]}) for _ in range(1000)])

    print("calls, 1,000 at a time      ", best(pipelined, 20_000))
    print("calls, one by one           ", best(one_by_one, 20_000))
    print("calls with small dictionaries", best(dictionaries, 20_000)[1:])


def actors() -> None:
    ray.init(num_cpus=10_000)
    before, begin = resident(), processor()
    all_of_them = [Counter.remote() for _ in range(10_000)]
    ray.get([one.add.remote(1) for one in all_of_them])
    print(f"10,000 actors                {processor() - begin:.1f} s, {resident() - before:.0f} MB")


def references() -> None:
    ray.init()
    counter = Counter.remote()
    before, begin = resident(), processor()
    refs = [counter.add.remote(1) for _ in range(1_000_000)]
    most = resident() - before
    ray.get(refs)
    print(f"1,000,000 pending references {processor() - begin:.1f} s, {most:.0f} MB")


if __name__ == "__main__":
    for part in (calls, actors, references):
        ray.run(part, num_cpus=10_000)
        gc.collect()
