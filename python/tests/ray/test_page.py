"""The page `docs/ray.md`: its files are written, its commands run, and print what it shows."""

import pathlib
import re
import shlex
import subprocess
import sysconfig

PAGE = pathlib.Path(__file__).parents[3] / "docs" / "ray.md"


def blocks():
    """The files and commands of the page, in their order."""
    text = PAGE.read_text(encoding="utf-8")
    for found in re.finditer(
        r"<!-- file: (\S+) -->\n```python\n(.*?)^```|^```console\n(.*?)^```", text, re.S | re.M
    ):
        name, inside, commands = found.groups()
        if name is not None:
            yield name, inside
        else:
            for command in re.split(r"^\$ ", commands, flags=re.M)[1:]:
                line, _, shown = command.partition("\n")
                yield line, shown


def pattern(shown):
    """`...` stands for anything, over several lines where it has a line of its own."""
    parts = re.split(r"^\.\.\.\n|\.\.\.", shown.strip() + "\n", flags=re.M)
    return ".*".join(map(re.escape, parts))


def test_the_page_says_what_is_so(tmp_path):
    scripts = pathlib.Path(sysconfig.get_path("scripts"))
    ran = 0
    for first, rest in blocks():
        if first.endswith(".py") and " " not in first:
            (tmp_path / first).write_text(rest, encoding="utf-8")
            continue
        program, *words = shlex.split(first)
        found = subprocess.run(
            [str(scripts / program), *words], cwd=tmp_path, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert re.fullmatch(pattern(rest), found.stdout, re.S), f"$ {first}\n{found.stdout}"
        ran += 1
    assert ran == len(re.findall(r"^\$ ", PAGE.read_text(encoding="utf-8"), re.M))
