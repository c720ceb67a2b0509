"""The canon table: every row is there, and what it says of the program is true."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import fields as members
from functools import cache
from pathlib import Path

import pytest

from geometry.cityfile import preset_names
from geometry.history import STAGES
from geometry.rules import RULES
from geometry.spec import fields
from viewer.actions import by_id
from viewer.command.canon_page import text
from viewer.command.cli import app, main
from viewer.lore import canon
from viewer.lore.canon_places import LABELS, landmark_ids, landmarks
from viewer.lore.readouts import LABELS as READOUTS
from viewer.lore.reckoning import ROWS
from viewer.state import ViewState
from viewer.styles import project_names
from viewer.views import VIEWS

ROOT = Path(__file__).parents[1]
LETTERS = {"S": 108, "P": 85, "K": 18, "E": 56}
"""Rows of the table that this project was given, by letter."""
GAPS = ((16, 19), (53, 59), (69, 69), (74, 79), (96, 99))
"""Numbers of S rows that the table never had."""


@cache
def functions_of(name: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / f"{name}.py").read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def exists(place: str) -> bool:
    """Whether what a row names as its place is in the program."""
    kind, _, name = place.partition(":")
    names = {
        "view": VIEWS,
        "kind": RULES,
        "field": {row.name for row in fields()},
        "action": by_id(),
        "option": {member.name for member in members(ViewState)},
        "style": project_names(),
        "preset": preset_names(),
        "readout": READOUTS,
        "reckoned": ROWS,
        "landmark": landmark_ids(),
        "label": {*LABELS, *(row.id for row in canon.rows().values() if row.readings)},
    }
    if kind == "command":
        parent = app
        return all((parent := parent[word]) is not None for word in name.split()[:1])
    if kind in (canon.NOT_YET, canon.REFUSED):
        return len(name.strip()) > 8
    return name in names[kind]


def test_every_row_is_there() -> None:
    ids = list(canon.rows())
    assert {letter: sum(name.startswith(letter) for name in ids) for letter in LETTERS} == LETTERS
    wanted = [n for n in range(1, 131) if not any(low <= n <= high for low, high in GAPS)]
    assert [int(name[1:]) for name in ids if name.startswith("S")] == wanted


@pytest.mark.parametrize("name", canon.rows())
def test_every_row_is_true_of_the_program(name: str) -> None:
    row = canon.rows()[name]
    assert row.certainty in canon.CERTAINTY
    assert row.source in canon.SOURCES
    assert row.fact.endswith((".", "?"))
    assert len(row.fact) < 160
    assert row.where
    assert row.tests
    for place in row.where:
        assert exists(place), place
    for test in row.tests:
        file, _, function = test.partition(".")
        assert function in functions_of(file), test


def test_ages_and_landmarks_are_found_from_their_rows() -> None:
    for stage in STAGES:
        for name in stage.canon.split():
            assert f"action:age.{stage.id}" in canon.rows()[name].where
    for card in landmarks():
        for name in card["rows"].replace(",", " ").split():
            assert f"landmark:{card['name']}" in canon.rows()[name].where


def test_what_does_not_exist_is_noticed() -> None:
    """The check of places can fail."""
    for place in ("view:nowhere", "kind:jupiter", "field:fil", "action:view.looost", "readout:Nothing", "landmark:none", "label:S999"):
        assert not exists(place)
    with pytest.raises(KeyError):
        exists("command:nosuch")
    with pytest.raises(KeyError):
        exists("somewhere:else")


def test_a_contradiction_has_both_readings() -> None:
    for row in canon.rows().values():
        assert bool(row.readings) == row.id.startswith("K")
        if row.readings:
            one, other = row.readings
            assert one != other
            assert row.ours
            assert one in row.said
            assert other in row.said
    assert [row.id for row in canon.contradictions("field:radius_km")] == ["K03"]
    shown = {place for row in canon.rows().values() if row.readings for place in row.where}
    assert {"field:radius_km", "field:year_first", "field:layers", "preset:sun"} <= shown


def test_parameters_agree_with_the_table() -> None:
    """A parameter names a row of the table, and is as sure as it or our own choice."""
    for field in fields():
        if field.canon:
            assert field.certainty in ("?", canon.rows()[field.canon].certainty), field.name


def test_every_row_can_be_read(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["canon"]) == 0
    out = capfd.readouterr().out
    for row in canon.rows().values():
        assert f"{row.id:<5}{row.certainty:<3}{row.fact}" in out
    for meaning in canon.CERTAINTY.values():
        assert meaning in out


def test_one_row_is_told_whole(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["canon", "k07"]) == 0
    out = capfd.readouterr().out
    assert "either" in out
    assert "our choice" in out
    assert main(["canon", "E03"]) == 0
    assert "2.1 × 10²⁷ km³" in capfd.readouterr().out
    assert main(["canon", "S03", "--json"]) == 0
    (entry,) = json.loads(capfd.readouterr().out)
    assert entry["certainty"] == "A+"
    assert entry["meaning"] == canon.CERTAINTY["A+"]
    assert "field:radius_km" in entry["where"]


@pytest.mark.parametrize(("words", "hint"), [(["S999"], "lists them all"), (["S15O"], "S150|S15|S1"), (["megastuctures"], "megastructure")])
def test_a_typo_is_one_line(words: list[str], hint: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["canon", *words]) == 3
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert re.search(hint, said.err, re.I) or "did you mean" in said.err


def test_what_is_not_yet_there_is_listed(capfd: pytest.CaptureFixture[str]) -> None:
    missing = [row for row in canon.rows().values() if row.missing]
    assert main(["canon", "--missing", "--json"]) == 0
    assert [entry["id"] for entry in json.loads(capfd.readouterr().out)] == [row.id for row in missing]


def test_every_kind_of_place_has_its_note() -> None:
    assert set(RULES) <= set(canon.notes())
    for found in canon.notes().values():
        assert set(found.rows) <= set(canon.rows())
        assert found.text.endswith(".")


def test_the_page_is_current() -> None:
    assert (ROOT / "docs" / "canon.md").read_text(encoding="utf-8") == text(), "python -m viewer.command.canon_page > docs/canon.md"


def test_about_names_author_and_publisher() -> None:
    from viewer.about import ABOUT

    for word in ("Tsutomu Nihei", "Kodansha", "fan work", "1997", "2003"):
        assert word in ABOUT
