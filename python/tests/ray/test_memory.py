"""What is over takes no memory: runs in one process, and tasks and calls in one run."""

import collections
import gc
from pathlib import Path

import flagfall
import flagfall.ray as ray

PROGRAM = '''
import asyncio, os, time
import numpy as np
import ray
from ray.util import ActorPool
from ray.util.queue import Queue

ray.init()


@ray.remote(max_restarts=1, max_task_retries=1)
class Counter:
    def __init__(self):
        self.count = 0

    def add(self, more):
        self.count += more
        time.sleep(0.1)
        return self.count

    def die(self):
        os._exit(1)


@ray.remote
class Waiter:
    async def wait(self, seconds):
        await asyncio.sleep(seconds)
        return np.zeros(10)


@ray.remote
def square(number):
    return number * number


@ray.remote(num_returns="streaming")
def count(most):
    yield from range(most)


@ray.remote
def fails():
    raise ValueError("planned")


counter, waiter = Counter.remote(), Waiter.remote()
named = Counter.options(name="named").remote()
print(ray.get([counter.add.remote(i) for i in range(3)]))
print(len(ray.get([waiter.wait.remote(0.1) for _ in range(3)])))
print(ray.get([square.remote(ray.put(i)) for i in range(5)]))
print([ray.get(ref) for ref in count.remote(3)])
for failing in (fails.remote(), named.die.remote()):
    try:
        ray.get(failing)
    except Exception as error:
        print(type(error).__name__)
pool = ActorPool([Counter.remote() for _ in range(2)])
print(list(pool.map(lambda actor, number: actor.add.remote(number), [1, 2, 3])))
queue = Queue()
queue.put(1)
print(queue.get())
'''


def _resident() -> int:
    """The memory of this process, in KiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def _objects() -> collections.Counter[str]:
    gc.collect()
    kinds = (type(one) for one in gc.get_objects())
    return collections.Counter(f"{kind.__module__}.{kind.__name__}" for kind in kinds)


def test_runs_leave_nothing_behind(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)

    def runs(count: int) -> None:
        for seed in range(count):
            flagfall.run("ray", program=program, seed=seed, num_cpus=8)

    runs(30)
    objects, resident = _objects(), _resident()
    runs(60)
    more = {name: count for name, count in (_objects() - objects).items() if count >= 60}
    assert more == {}, "objects of runs that are over"
    assert _resident() - resident < 60 * 15, "KiB of 60 runs"


class Parcel:
    pass


@ray.remote
def take(argument):
    return Parcel()


@ray.remote
class Taker:
    @ray.method(num_returns=2)
    def take(self, argument):
        return Parcel(), Parcel()


def test_tasks_and_calls_leave_nothing_behind_in_their_run() -> None:
    """A task that is over keeps neither its arguments nor its results."""

    def main() -> collections.Counter[str]:
        ray.init()
        taker = Taker.remote()
        for _ in range(20):
            ray.get(take.remote(Parcel()))
            ray.get(taker.take.remote(Parcel()))
        return _objects()

    alive = ray.run(main).result
    own = ("flagfall.", f"{__name__}.")
    many = {name for name, count in alive.items() if name.startswith(own) and count >= 20}
    assert many == set()
