"""What all workloads on SimPy share: the generator, the countdown and the clock."""

import time
from random import Random

INTERARRIVAL = 1.0 / 0.9

random = Random(42)


class Run:
    """The countdown of the units, and the event that ends the run."""

    def __init__(self, env, count):
        self.env = env
        self.left = count
        self.end = env.event()

    def counted(self):
        """Counts one unit; False if it was the last or there was none left."""
        if self.left > 0:
            self.left -= 1
            if self.left == 0:
                self.end.succeed()
        return self.left > 0

    def timed(self):
        """Runs until all units are counted; how long that took."""
        start = time.perf_counter()
        self.env.run(until=self.end)
        return time.perf_counter() - start


def settle(env):
    """Lets all processes start before the clock of the benchmark does."""
    while env.peek() == env.now:
        env.step()
