"""Captions: facts of the story that no shape can show are told in words, where the canon table says that they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.windows import dropped, opened
from viewer.about import ABOUT
from viewer.command.cli import main
from viewer.lore import canon
from viewer.qt.chooser import Choice
from viewer.qt.window import Window

WORDS = {
    "S81": "Net Terminal Gene",
    "S82": "cannot halt the Safeguard",
    "S84": "kept the law",
    "S85": "against its law",
    "S91": "Base Reality",
    "S92": "level 9",
    "S102": "Mensab",
    "S105": "Dhomochevsky and Iko",
    "S107": "fourteen years",
    "S108": "like a stick",
    "S109": "Sanakan's",
    "S112": "another planet",
    "S114": "Ancient Terminal City",
    "S115": "dangerous layer",
    "S116": "Net Sphere Engineer",
    "S119": "staying alive",
    "S121": "end the growth",
    "S122": "for people alone",
    "S123": "Cibo",
    "S124": "Safeguard of high level",
    "S125": "Davine",
    "S127": "without memory",
    "S128": "some day",
    "S129": "in the flood",
}
"""What no reader of a caption may miss, by row."""
READINGS = {
    "S08": "nearly impenetrable (S08)",
    "S44": "A mutation spread",
    "S45": "set a retrovirus free (S45)",
    "S90": "A rogue mind at the centre (S90)",
}
"""Rows that are told as one side of a contradiction."""
ABOUT_WORDS = {"S117": ("1997 to 2003", "ten volumes", "net animations", "film of 2017")}
GENERAL = {"test_canon.test_every_row_can_be_read", "test_canon.test_every_row_is_true_of_the_program"}
"""Tests of the table itself, which hold of any row: they say nothing of what a row tells."""


def labels(row: canon.Row) -> list[str]:
    return [place.partition(":")[2] for place in row.where if place.startswith("label:")]


def said_by(line: list[str], capfd: pytest.CaptureFixture[str]) -> str:
    """What a command says, its lines joined."""
    assert main(line) == 0
    return " ".join(capfd.readouterr().out.split())


def test_every_caption_has_words_to_look_for() -> None:
    told = {row.id: labels(row) for row in canon.rows().values() if row.id.startswith("S") and labels(row)}
    assert {name for name, where in told.items() if "canon" in where} == set(WORDS)
    assert {name for name, where in told.items() if "about" in where} == set(ABOUT_WORDS)
    assert {name for name, where in told.items() if any(word.startswith("K") for word in where)} == set(READINGS)


@pytest.mark.parametrize("name", WORDS)
def test_a_caption_is_told_by_its_row(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    row, said = canon.rows()[name], said_by(["canon", name], capfd)
    assert WORDS[name] in said
    assert said.startswith(f"{name} {row.fact}")
    assert f"certainty {row.certainty}: {row.sure}" in said
    assert name in [found.id for found in canon.found(WORDS[name].split())]


@pytest.mark.parametrize("name", READINGS)
def test_a_reading_is_told_by_its_contradiction(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    (place,) = labels(canon.rows()[name])
    said = said_by(["canon", place], capfd)
    assert READINGS[name] in said
    assert name in said
    assert "here" in said


def test_the_about_box_tells_what_it_was_made_after() -> None:
    for name, words in ABOUT_WORDS.items():
        assert labels(canon.rows()[name]) == ["about"]
        assert all(word in ABOUT for word in words)


@pytest.fixture(name="window")
def _window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    window = opened(tmp_path)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.store.saved()
    dropped(window)


def test_the_canon_panel_finds_and_tells_every_caption(window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """One by real keys; of all, what the panel is given to list, and what it says of a row that is chosen."""
    chooser, toast = window.stage.chooser, window.stage.toast
    window.do("canon")
    qtbot.keyClicks(chooser.field, "net terminal gene is")
    assert "S81" in chooser.list.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
    assert chooser.isHidden()
    assert WORDS["S81"] in toast.text()
    given: list[Choice] = []
    monkeypatch.setattr(chooser, "open", lambda title, hint, choices: given.extend(choices))
    window.do("canon")
    listed = {choice.title.split()[0]: choice for choice in given}
    for name, words in WORDS.items():
        row = canon.rows()[name]
        assert (listed[name].title, listed[name].note) == (f"{name}  {row.fact}", row.certainty)
        listed[name].run()
        assert toast.text().startswith(f"{name}, {row.sure}: ")
        assert words in toast.text()


def test_a_refusal_says_why(capfd: pytest.CaptureFixture[str]) -> None:
    """Of the story's texts one row alone is refused, and its reason is told with it."""
    refused = [row for row in canon.rows().values() if row.id.startswith("S") and row.where[0].startswith(canon.REFUSED)]
    assert [row.id for row in refused] == ["S113"]
    said = said_by(["canon", "S113"], capfd)
    assert "school" in said
    assert "refused: a parody" in said


def test_every_row_of_the_texts_has_a_test_of_its_own() -> None:
    """Of what it tells: the tests that hold of any row do not count."""
    bare = [row.id for row in canon.rows().values() if row.id.startswith("S") and not set(row.tests) - GENERAL]
    assert bare == []
