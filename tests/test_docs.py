"""What the README and the documents show: every Python block runs, every command is understood, every address leads somewhere."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from geometry import City
from viewer import compose, script
from viewer.command import stills
from viewer.command.cli import main
from viewer.drawing import movie
from viewer.files import jobs

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = [
    pytest.param(text, id=f"{page.stem}-{n}")
    for page in PAGES
    for n, text in enumerate(re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S), 1)
]
COMMANDS = sorted({line for page in PAGES for line in re.findall(r"^    sh run\.sh (.+)$", page.read_text(encoding="utf-8"), re.M)})
REFERENCE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### (megastructure[^\n]*|Flags: [^\n]*)\n(.*?)(?=^##)", REFERENCE, re.M | re.S))
"""What docs/commands.md says of each command, and of each group of flags that commands share."""
FLAG = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
ADDRESS = re.compile(r"[\"'`]((?:seed \d+ / )?(?:band|layer) \d[^\"'`\n]*)[\"'`]")


@pytest.fixture(autouse=True)
def own_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, no display, and pictures the size of a stamp."""
    for name in [name for name in os.environ if name.startswith("MEGASTRUCTURE_")] + ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"]:
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    desk = tmp_path / "desk"
    desk.mkdir()
    monkeypatch.chdir(desk)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr(script, "read_size", lambda text: (64, 36))
    monkeypatch.setattr(compose, "STILL_TRIANGLES", 20_000)
    monkeypatch.setattr("geometry.site.EXPORT_TRIANGLES", 100_000)


@pytest.mark.parametrize("text", BLOCKS)
def test_python_runs(text: str) -> None:
    exec(compile(text, "block", "exec"), {})
    named = set(re.findall(r"\"([\w.]+\.(?:png|glb|stl|3mf))\"", text))
    assert {path.name for path in Path().iterdir()} == named


def test_there_is_something_to_test() -> None:
    assert len(BLOCKS) >= 5
    assert len(COMMANDS) >= 12


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_does_what_is_said(line: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Pictures and exports are not made here but asked for; other tests make them."""
    made: list[object] = []
    monkeypatch.setattr(
        stills, "make_still", lambda job, advance=None: made.append(job) or {"output": job.output, "triangles": 1, "seconds": 0, "link": ""}
    )
    monkeypatch.setattr(jobs, "make_export", lambda job, report: made.append(job) or {"output": job.output, "triangles": 1, "bytes": 1})
    monkeypatch.setattr(movie, "shoot", lambda states, *_, **__: made.append(states) or [])
    monkeypatch.setattr(movie, "encode", lambda frames, output, fps, **_: made.append(output))
    words = shlex.split(line, comments=True)
    for name in words[1:] if words[0] in ("check", "view") else ():
        prepared(name)
    code = main(words)
    said = capfd.readouterr()
    assert code == (5 if words[0] == "view" else 0), said.err
    assert bool(made) == (words[0] in ("render", "export", "film"))


def prepared(name: str) -> None:
    """Make the file that an earlier command on the page has made."""
    if name == "my.city.toml":
        assert main(["new", "-o", name, "--force"]) == 0
    if name == "tile.stl":
        City().at("band 7 / tile 3-02").export(name, max_triangles=20_000, force=True)
    if name == "opening.png":
        script.render("opening").save(name, force=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_addresses_lead_somewhere(page: Path) -> None:
    for address in set(ADDRESS.findall(page.read_text(encoding="utf-8"))):
        seed = re.match(r"seed (\d+)", address)
        assert City(seed=int(seed[1]) if seed else 40).at(address).address


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def listed(text: str) -> set[str]:
    """The flags in the first cells of the tables of a text."""
    return {flag for cell in re.findall(r"^\| (`-[^|]*)\|", text, re.M) for flag in FLAG.findall(cell)}


def documented(title: str) -> set[str]:
    """All flags of a command by docs/commands.md: its own, and those of each group, or part of one, that it names."""
    text = SECTIONS[title]
    found = listed(text)
    for part, group in re.findall(r"(?:((?:`[^`]*`(?:, )?)+) of )?\*([^*]+)\*", "".join(re.findall(r"^And: (.*)$", text, re.M))):
        found |= set(FLAG.findall(part)) or listed(SECTIONS[f"Flags: {group}"])
    return found


def helped(words: list[str], capfd: pytest.CaptureFixture[str]) -> tuple[set[str], set[str]]:
    """The flags, and the commands, that the help of a command shows."""
    assert main([*words, "--help"]) == 0
    boxed = capfd.readouterr().out
    flags = {flag for row in re.findall(r"^│ (?:[* ]  )?((?:--?[a-z][a-z-]* ?)+)", boxed, re.M) for flag in FLAG.findall(row)}
    panel = re.search(r"^╭─ Commands (.*?)^╰", boxed, re.M | re.S)
    return flags - {"--help", "--version"}, set(re.findall(r"^│ ([a-z]+) ", panel[1], re.M)) if panel else set()


def test_the_reference_names_every_flag_of_every_command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "100")  # as in test_cli: the console is made once
    left: list[list[str]] = [[]]
    seen = set()
    while left:
        words = left.pop()
        flags, commands = helped(words, capfd)
        left += [[*words, name] for name in commands]
        title = " ".join(["megastructure", *words])
        if title in SECTIONS or not commands:
            assert documented(title) == flags, title
            seen.add(title)
    assert seen == {title for title in SECTIONS if title.startswith("megastructure")}
    assert len(seen) > 20
