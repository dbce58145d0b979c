"""What is installed: metadata, licences, types, and the whole command."""

import importlib.metadata
import pathlib
import shutil
import signal
import subprocess
import sys
import sysconfig
import time

import flagfall

COMMAND = str(pathlib.Path(sysconfig.get_path("scripts")) / "flagfall")


def test_the_metadata_is_complete():
    told = importlib.metadata.metadata("flagfall")
    assert told["Requires-Python"] == ">=3.10"
    assert told["License-Expression"] == "MIT OR Apache-2.0"
    assert set(told.get_all("License-File")) == {"LICENSE-APACHE", "LICENSE-MIT"}
    assert "# flagfall for Python" in importlib.metadata.distribution("flagfall").read_text("METADATA")
    versions = {f"Programming Language :: Python :: 3.{minor}" for minor in range(10, 15)}
    assert versions < set(told.get_all("Classifier"))
    # Nothing else is installed with it, if nobody asks for it.
    assert all("extra ==" in one for one in importlib.metadata.requires("flagfall"))
    printed = subprocess.check_output([COMMAND, "--version"], text=True)
    assert flagfall.__version__ == told["Version"] == printed.split()[1]


def test_the_files_are_there_and_few_are():
    files = importlib.metadata.files("flagfall")
    names = {path.name for path in files}
    assert {"LICENSE-MIT", "LICENSE-APACHE", "py.typed", "_flagfall.pyi"} <= names
    extensions = [path for path in files if path.suffix in (".so", ".pyd")]
    assert len(extensions) == 1
    # One extension for all versions of CPython.
    assert ".abi3." in extensions[0].name or sys.platform == "win32"
    assert not [path for path in files if "tests" in path.parts]


def test_the_folder_of_the_sources_says_that_it_is_not_what_is_installed(tmp_path):
    installed = pathlib.Path(flagfall.__file__).parent
    shutil.copytree(installed, tmp_path / "flagfall", ignore=shutil.ignore_patterns("_flagfall.*"))
    done = subprocess.run([sys.executable, "-c", "import flagfall"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    told = done.stderr.splitlines()[-1]
    assert told.startswith(f"ImportError: {tmp_path / 'flagfall'} has the sources of flagfall")
    assert "start Python in another folder" in told


def test_ctrl_c_ends_a_study_of_the_command_with_its_exit_code(tmp_path):
    words = ["sweep", "queue", "--customers=2000", "--replications=20000", "--out=cut"]
    with subprocess.Popen([COMMAND, *words], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        limit = time.monotonic() + 60
        log, head = tmp_path / "cut" / "rows.log", 0
        # Until there is a row: before that, there is nothing to keep, and Ctrl-C just ends it.
        while not head or log.stat().st_size == head:
            head = head or (log.stat().st_size if log.exists() else 0)
            assert time.monotonic() < limit
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        told = process.stderr.read()
        assert process.wait(5) == 130, told
    assert " kept in cut" in told
    assert "flagfall sweep queue --customers=2000 --replications=20000 --out=cut" in told


def test_the_command_writes_parquet(tmp_path):
    done = subprocess.run([COMMAND, "sweep", "taxi", "--replications=20", "--out=days"], cwd=tmp_path, check=True,
                          capture_output=True)  # fmt: skip
    assert done.returncode == 0
    assert (tmp_path / "days" / "rows.parquet").read_bytes()[:4] == b"PAR1"
    assert str(flagfall.Study(tmp_path / "days")).startswith("taxi: 1 point, 20 replications")


def test_a_reader_that_stops_is_no_error(tmp_path):
    """`flagfall ... | head`: exit code 0, as of the command."""
    words = [COMMAND, "run", "queue", "--trace"]
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(10) == 0


def test_the_name_of_the_module_is_a_command_too():
    printed = [
        subprocess.check_output([*words, "--version"])
        for words in ([COMMAND], [sys.executable, "-m", "flagfall"])
    ]
    assert printed[0] == printed[1]
