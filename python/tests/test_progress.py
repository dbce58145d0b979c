"""How far something is, in a terminal, in a notebook, in a file, and nowhere else."""

import io
import os
import subprocess
import sys
import time

import pytest

import flagfall
from flagfall._progress import Progress, _text

LONG = {"customers": 30_000, "grid": {"load": [0.5, 0.6]}}
STUDY = f"flagfall.sweep('queue', replications=40, out='study', **{LONG})"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def screen(written):
    """The line of a terminal after that, and the longest it ever was."""
    line, at, longest = "", 0, 0
    for letter in written:
        if letter == "\r":
            at = 0
        else:
            assert letter not in "\n\x1b"
            line = line[:at] + letter + line[at + 1:]
            at += 1
            longest = max(longest, len(line))
    return line, longest


def in_terminal(code, columns=200):
    """What a script writes to a terminal, and to standard output."""
    import pty

    ours, theirs = pty.openpty()
    words = [sys.executable, "-c", f"import flagfall\n{code}"]
    environment = {**os.environ, "COLUMNS": str(columns)}
    written = b""
    with subprocess.Popen(words, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE,
                          env=environment) as process:  # fmt: skip
        os.close(theirs)
        while True:
            try:
                part = os.read(ours, 1 << 16)
            except OSError:
                break
            if not part:
                break
            written += part
        out = process.stdout.read()
    os.close(ours)
    assert process.returncode == 0, written
    return written.decode(), out.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals")
@pytest.mark.parametrize("columns", [200, 30])
def test_a_study_has_a_line_in_a_terminal_that_goes_away(columns):
    written, out = in_terminal(STUDY, columns)
    assert out == ""
    assert "] replic" in written
    line, longest = screen(written)
    assert line.strip() == ""
    assert longest < columns
    if columns == 200:
        assert "] replications " in written
        assert "/80, " in written
        assert " left" in written


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals")
@pytest.mark.parametrize("code", [
    STUDY.replace("out=", "quiet=True, out="), STUDY.replace("out=", "progress=False, out="),
    STUDY.replace("out=", "quiet=True, progress=True, out="),
    # Too short to be worth a line.
    "flagfall.sweep('taxi', replications=5, out='study')", "flagfall.run('queue', customers=200_000)",
])  # fmt: skip
def test_nothing_else_is_shown_in_a_terminal(code):
    assert in_terminal(code) == ("", "")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals")
@pytest.mark.parametrize("code, what", [
    (f"flagfall.compare('queue', replications=40, **{LONG})", "/80"),
    ("flagfall.verify('queue', customers=15_000, runs=8, threads=1)", "/9"),
    # It stops at the most, with a note, and not before there is a line to see.
    ("import warnings; warnings.simplefilter('ignore'); "
     f"flagfall.sweep('queue', precision='0.1%', of='mean_wait', most=400, out='study', **{LONG})",
     "replications "),
])  # fmt: skip
def test_whatever_runs_long_has_a_line(code, what):
    written, out = in_terminal(code)
    assert what in written
    assert (out, screen(written)[0].strip()) == ("", "")


def test_a_file_gets_lines_only_if_it_is_to(capfd, monkeypatch):
    monkeypatch.setattr("flagfall._progress._Lines.between", 0.3)
    flagfall.sweep("queue", replications=40, out="one", **LONG)
    assert capfd.readouterr() == ("", "")
    flagfall.sweep("queue", replications=40, out="other", progress=True, **LONG)
    out, told = capfd.readouterr()
    assert out == ""
    lines = told.splitlines()
    assert lines
    assert all(line.startswith("replications ") for line in lines)


def test_nobody_has_to_be_there(monkeypatch):
    class Broken(Terminal):
        def write(self, text):
            raise BrokenPipeError("nobody reads it")

    class Lost(Terminal):
        def isatty(self):
            raise OSError("there is no terminal any more")

    closed = Terminal()
    closed.close()
    # The last one can do nothing, not even tell whether it is a terminal.
    for stream in (None, closed, Broken(), Lost(), object()):
        monkeypatch.setattr(sys, "stderr", stream)
        for show in (None, True):
            with Progress("days", show=show) as progress:
                progress.tell(0, 9)
                progress._next = 0
                progress.tell(3, 9)
                progress.tell(9, 9)


def test_texts(monkeypatch):
    assert _text("days", 0, 10, (1.0, 0)) == "days 0/10"
    assert _text("days", 250, 1_000, (10.0, 250)) == "days 250/1,000, 25/s, 30 s left"
    assert _text("days", 6, None, (10.0, 5)) == "days 6, 0.5/s"
    assert _text("days", 10, 10_000, (10.0, 10)).endswith("1/s, 2 h 46 min left")
    assert _text("days", 90, 10_000, (10.0, 600)).endswith("60/s, 2 min 45 s left")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    begins = time.monotonic()
    with Progress("days") as progress:
        for done in range(200):
            progress.tell(done, 200)
            time.sleep(0.003)
    # Ten in a second, however long it took here.
    assert 1 <= terminal.getvalue().count("/200") <= 1 + (time.monotonic() - begins) / 0.1
    assert "[####" in terminal.getvalue()
    assert screen(terminal.getvalue())[0].strip() == ""


def test_bad_wishes_are_named():
    for value in (1, "yes", 0.5):
        for call in (
            lambda: flagfall.sweep("taxi", progress=value),
            lambda: flagfall.compare("taxi", grid={"fleet": [2, 3]}, progress=value),
            lambda: flagfall.verify("taxi", progress=value),
        ):
            with pytest.raises(flagfall.UsageError) as refused:
                call()
            assert refused.value.argument == "progress"


def test_a_notebook_has_a_bar_that_goes_away(tmp_path):
    pytest.importorskip("ipykernel")
    manager = pytest.importorskip("jupyter_client.manager")
    kernel, client = manager.start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    told = []
    try:
        code = f"import flagfall\nstudy = {STUDY}"
        client.execute_interactive(code, timeout=60, output_hook=told.append)
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
    kinds = [one["msg_type"] for one in told]
    assert "stream" not in kinds
    assert "error" not in kinds
    texts = [one["content"]["data"]["text/html"] for one in told if "data" in one["content"]]
    assert kinds.count("display_data") == 1
    assert "<progress value=" in texts[0]
    assert 'max="80"' in texts[0]
    assert texts[-1] == ""
    # Documents that are made of a notebook have the text.
    plain = [one["content"]["data"]["text/plain"] for one in told if "data" in one["content"]]
    assert plain[0].startswith("replications ")
    assert plain[-1] == ""
    assert len(texts) < 200
