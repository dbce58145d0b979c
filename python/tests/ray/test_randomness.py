"""Randomness of simulated code: it repeats with the seed, and each process has its own."""

import os
import random
import secrets
import subprocess
import sys
import uuid

import pytest
from world import process, simulated

from flagfall.ray._errors import NotSupported

DRAWS = {
    "random": lambda: [random.random(), random.randint(1, 10**9), random.sample(range(1000), 5)],
    "Random": lambda: random.Random().random(),
    "SystemRandom": lambda: random.SystemRandom().randrange(10**12),
    "secrets": lambda: [secrets.token_hex(8), secrets.randbelow(10**12)],
    "urandom": lambda: os.urandom(13),
    "uuid4": lambda: uuid.uuid4(),
    "uuid1": lambda: uuid.uuid1(),
    "reseeded": lambda: [random.seed(), random.random()],
}


def of_numpy():
    numpy = pytest.importorskip("numpy")
    return {
        "module": lambda: [numpy.random.rand(2).tolist(), numpy.random.randint(10**9), numpy.random.ranf()],
        "default_rng": lambda: numpy.random.default_rng().random(),
        "RandomState": lambda: numpy.random.RandomState().rand(),
        "MT19937": lambda: numpy.random.Generator(numpy.random.MT19937()).random(),
        "reseeded": lambda: [numpy.random.seed(), numpy.random.rand()],
        "of scipy": lambda: numpy.random.mtrand._rand.rand(),
    }


def check(draw):
    def main():
        end = process(draw)
        return draw(), end(), draw()

    first, other, second = simulated(main, seed=1)[0]
    assert len({str(first), str(other), str(second)}) == 3
    assert simulated(main, seed=1)[0] == (first, other, second)
    assert simulated(main, seed=2)[0][0] != first
    # Outside, it is as before.
    assert str(draw()) not in (str(first), str(draw()))


@pytest.mark.parametrize("name", DRAWS)
def test_it_repeats(name):
    check(DRAWS[name])


@pytest.mark.parametrize("name", ["module", "default_rng", "RandomState", "MT19937", "reseeded", "of scipy"])
def test_numpy_repeats(name):
    check(of_numpy()[name])


def test_a_seed_gives_the_values_of_python_in_that_process_alone():
    expected = random.Random(7)
    values = [expected.random(), expected.randint(1, 6), expected.gauss(0, 1)]

    def seeded():
        random.seed(7)
        return [random.random(), random.randint(1, 6), random.gauss(0, 1)]

    def with_neighbour():
        before = random.random()
        assert process(seeded)() == values
        return before, random.random()

    def alone():
        return random.random(), random.random()

    assert simulated(seeded)[0] == values
    assert simulated(with_neighbour)[0] == simulated(alone)[0]


def test_a_seed_gives_the_values_of_numpy():
    numpy = pytest.importorskip("numpy")

    def main():
        numpy.random.seed(7)
        return numpy.random.rand(3).tolist(), numpy.random.mtrand._rand.rand()

    state = numpy.random.RandomState(7)
    assert simulated(main)[0] == (state.rand(3).tolist(), state.rand())
    with pytest.raises(NotSupported, match="numpy.random.get_bit_generator"):
        simulated(lambda: numpy.random.get_bit_generator())


def test_numpy_may_be_imported_later(tmp_path):
    pytest.importorskip("numpy")
    (tmp_path / "late.py").write_text(
        "import sys\nassert 'numpy' not in sys.modules\nimport numpy as np\n"
        "assert type(np.random.__loader__).__module__ == '_frozen_importlib_external'\n"
        "print(np.random.rand(), np.random.default_rng().random())\n"
    )
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); "
        "from flagfall.ray._world import program\n"
        "assert 'numpy' not in sys.modules\n"
        "sys.exit(program.run_file(sys.argv[2], seed=int(sys.argv[3])))"
    )
    here = os.path.dirname(__file__)

    def printed(seed):
        words = [sys.executable, "-c", program, here, str(tmp_path / "late.py"), seed]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout

    assert printed("1") == printed("1") != printed("2")


INSTALLED = "import os, random\nos.urandom(3)\nrandom.random()\n"


@pytest.mark.parametrize("name", ["drawing_at_import", "numpy.random"])
def test_the_import_of_a_module_takes_no_draws(tmp_path, name):
    """It is imported in the first run, and is there in the second."""
    if name == "numpy.random":
        pytest.importorskip("numpy")
    installed = tmp_path / "site-packages"
    installed.mkdir()
    (installed / "drawing_at_import.py").write_text(INSTALLED)
    (tmp_path / "late.py").write_text(
        f"import os, random, sys\nsys.path.append({str(installed)!r})\nassert random.random() != 2\n"
        f"import {name}\nprint(os.urandom(4), random.random())\n"
    )
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); "
        "from flagfall.ray._world import program\n"
        f"assert {name!r} not in sys.modules\n"
        "for _ in range(2): assert program.run_file(sys.argv[2]) == 0\n"
        f"assert {name!r} in sys.modules\n"
    )
    words = [sys.executable, "-c", program, os.path.dirname(__file__), str(tmp_path / "late.py")]
    first, second = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    assert first == second


def test_uuids_name_their_time():
    made = simulated(lambda: [uuid.uuid1() for _ in range(3)])[0]
    assert len(set(made)) == 3 and {one.version for one in made} == {1}
    assert [one.time - made[0].time for one in made] == [0, 1, 2]
    assert made[0].time == 0x01B21DD213814000 + 1_767_225_600 * 10**7
