"""How actors end and begin anew, and what `cancel` reaches: what was measured on Ray 2.60."""

import asyncio
import os
import sys
import time

import pytest

import flagfall.ray as ray
from flagfall.ray import exceptions


def run(main, **settings):
    return ray.run(main, **settings).result


@ray.remote(max_restarts=1)
class Fragile:
    def __init__(self):
        self.calls = 0

    def count(self):
        self.calls += 1
        return self.calls

    def crash(self):
        os._exit(1)

    def leave(self, code):
        sys.exit(code)


def failure(ref):
    with pytest.raises(exceptions.RayError) as caught:
        ray.get(ref)
    return caught.value


def test_a_crash_restarts_as_often_as_allowed():
    def main():
        ray.init(num_cpus=2)
        actor = Fragile.remote()
        first = ray.get([actor.count.remote(), actor.count.remote()])
        lost = failure(actor.crash.remote())
        again = ray.get(actor.count.remote())
        last = failure(actor.crash.remote())
        return first, type(lost), again, type(last), "SYSTEM_ERROR" in str(last)

    found = run(main)
    assert found == (
        [1, 2], exceptions.ActorUnavailableError, 1, exceptions.ActorDiedError, True
    )  # fmt: skip


@pytest.mark.parametrize("code, restarts", [(0, False), (3, True)])
def test_only_an_exit_code_of_an_error_restarts(code, restarts):
    def main():
        ray.init(num_cpus=2)
        actor = Fragile.remote()
        lost = failure(actor.leave.remote(code))
        assert f"exit code {code}" in str(lost)
        if restarts:
            return type(lost), ray.get(actor.count.remote())
        return type(lost), type(failure(actor.count.remote()))

    unavailable, dead = exceptions.ActorUnavailableError, exceptions.ActorDiedError
    assert run(main) == ((unavailable, 1) if restarts else (dead, dead))


def test_children_end_with_their_owner_and_detached_ones_do_not():
    @ray.remote
    class Parent:
        def __init__(self):
            self.child = Fragile.remote()
            self.kept = Fragile.options(name="kept", lifetime="detached").remote()

        def child_of(self):
            return self.child

    def main():
        ray.init(num_cpus=2)
        parent = Parent.remote()
        child = ray.get(parent.child_of.remote())
        ray.get(child.count.remote())
        ray.kill(parent)
        time.sleep(1)
        return str(failure(child.count.remote())), ray.get(ray.get_actor("kept").count.remote())

    text, kept = run(main)
    assert "because its owner has died" in text
    assert kept == 1


def test_a_named_actor_ends_with_its_last_handle():
    def main():
        ray.init(num_cpus=2)
        actor = Fragile.options(name="name").remote()
        ref = actor.count.remote()
        del actor
        value = ray.get(ref)
        time.sleep(1)
        with pytest.raises(ValueError):
            ray.get_actor("name")
        return value

    assert run(main) == 1


def test_a_cancelled_call_that_runs_may_see_it_and_fails_whatever_it_returns():
    @ray.remote
    class Patient:
        def __init__(self):
            self.saw = 0

        def wait(self):
            while not ray.get_runtime_context().is_canceled():
                time.sleep(0.1)
            self.saw += 1

        def seen(self):
            return self.saw

    def main():
        ray.init(num_cpus=2)
        actor = Patient.remote()
        ref = actor.wait.remote()
        time.sleep(1)
        ray.cancel(ref)
        return type(failure(ref)), ray.get(actor.seen.remote())

    assert run(main) == (exceptions.TaskCancelledError, 1)


def test_cancel_of_a_running_task_is_seen_at_the_end_of_its_sleep():
    @ray.remote
    def sleeps():
        time.sleep(3)

    def main():
        ray.init(num_cpus=1)
        ref = sleeps.remote()
        time.sleep(1)
        ray.cancel(ref)
        lost = failure(ref)
        return isinstance(lost, exceptions.RayTaskError), type(lost).__name__, round(time.time() % 60)

    assert run(main) == (True, "RayTaskError(TaskCancelledError)", 3)


def test_references_can_be_awaited_together():
    @ray.remote
    def work(x):
        time.sleep(1)
        return x

    async def gather():
        refs = [work.remote(x) for x in range(3)]
        return await asyncio.gather(*refs, asyncio.to_thread(ray.get, refs[0]))

    def main():
        ray.init(num_cpus=3)
        return asyncio.run(gather()), round(time.time() % 60)

    assert run(main) == ([0, 1, 2, 0], 1)


def test_arguments_are_checked_before_the_call():
    def main():
        ray.init(num_cpus=1)
        actor = Fragile.remote()
        with pytest.raises(TypeError, match="too many positional arguments"):
            actor.count.remote(1)
        with pytest.raises(TypeError, match="missing a required argument: 'code'"):
            actor.leave.remote()

    run(main)


@ray.remote
def breaks():
    raise ValueError("planned")


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_calls_that_are_never_sent_do_not_count_as_pending(is_cancelled):
    def main():
        ray.init()
        one = Fragile.options(max_pending_calls=1).remote()
        for _ in range(3):
            late = breaks.remote()
            call = one.__ray_call__.remote(lambda self, value: value, late)
            if is_cancelled:
                ray.cancel(call)
            with pytest.raises((exceptions.RayError, ValueError)):
                ray.get(call)
        return ray.get(one.count.remote())

    assert run(main) == 1
