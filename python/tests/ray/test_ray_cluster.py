"""Placement groups, GPUs and idle workers, where programs on one node show little of them."""

import time

import pytest

import flagfall.ray as ray
from flagfall.ray._devices import Devices


def run(main, **settings):
    return ray.run(main, **settings).result


def test_two_halves_are_no_whole_gpu():
    devices = Devices(2)
    assert devices.take("a", {"GPU": 0.5}) == [0]
    assert devices.take("b", {"GPU": 0.6}) == [1]
    # The one with just enough left.
    assert devices.take("c", {"GPU": 0.4}) == [1]
    assert not devices.fits({"GPU": 1.0})
    devices.put("a")
    assert devices.take("d", {"GPU": 1.0}) == [0]


def test_gpus_of_a_group_are_the_nodes_own():
    @ray.remote(num_gpus=1, num_cpus=0)
    class Model:
        def gpus(self):
            return ray.get_gpu_ids()

    def main():
        from flagfall.ray.util.placement_group import placement_group, remove_placement_group
        from flagfall.ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

        ray.init(num_cpus=2, num_gpus=3)
        outside = Model.remote()
        first = ray.get(outside.gpus.remote())
        group = placement_group([{"GPU": 1}, {"GPU": 1}])
        assert group.wait(1)
        inside = [
            Model.options(
                scheduling_strategy=PlacementGroupSchedulingStrategy(group, index)
            ).remote()
            for index in (1, 0)
        ]
        found = ray.get([one.gpus.remote() for one in inside])
        none = ray.available_resources().get("GPU", 0.0)
        remove_placement_group(group)
        time.sleep(1)
        return first, found, none, ray.available_resources()["GPU"]

    assert run(main) == ([0], [[2], [1]], 0.0, 2.0)


def test_a_group_ends_with_the_actor_that_made_it():
    @ray.remote
    class Maker:
        def make(self):
            return ray.util.placement_group([{"CPU": 2}])

    def main():
        ray.init(num_cpus=2)
        maker = Maker.remote()
        group = ray.get(maker.make.remote())
        assert group.wait(1) and "CPU" not in ray.available_resources()
        ray.kill(maker)
        time.sleep(1)
        state = ray.util.placement_group_table(group)["state"]
        return state, ray.available_resources()["CPU"]

    assert run(main) == ("REMOVED", 2.0)


@pytest.mark.parametrize(("held", "seconds"), [(0, 0.5), (2, 0.85)])
def test_idle_workers_stay_while_their_cpus_are_free(held, seconds):
    """Two of four workers were idle for long when others took the last free CPUs: they ended, so
    the third task waits for a new one."""

    @ray.remote
    def nap(span):
        time.sleep(span)

    def main():
        ray.init(num_cpus=4)
        ray.get([nap.remote(0.1) for _ in range(4)])
        time.sleep(3)
        if held:
            ray.get([nap.options(num_cpus=2).remote(1) for _ in range(held)])
        began = time.monotonic()
        ray.get([nap.remote(0.5) for _ in range(3)])
        return time.monotonic() - began

    assert run(main) == pytest.approx(seconds, abs=0.05)


def test_a_graph_with_an_unknown_name_says_so():
    def main():
        ray.init(num_cpus=1)
        with pytest.raises(ray.NotSupported, match="execute"):
            ray.remote(abs_of).bind(1).experimental_compile()
        with pytest.raises(AttributeError, match="nowhere"):
            _ = ray.remote(abs_of).bind(1).nowhere

    run(main)


def abs_of(x):
    return abs(x)
