"""The gallery: each picture has its command and each command its picture, small enough for a page."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from viewer import styles
from viewer.link import is_link, parse
from viewer.pictures.imagefile import read_link
from viewer.whereabouts import local_hour

ROOT = Path(__file__).parents[1]
_SPEC = importlib.util.spec_from_file_location("gallery", ROOT / "benchmarks" / "gallery.py")
assert _SPEC is not None
assert _SPEC.loader is not None
gallery = importlib.util.module_from_spec(_SPEC)
sys.modules["gallery"] = gallery
_SPEC.loader.exec_module(gallery)
PICTURES = gallery.pictures()


def flag(words: tuple[str, ...], name: str) -> str:
    return words[words.index(name) + 1]


def test_every_picture_is_on_the_page_once_and_every_entry_is_drawn() -> None:
    files = [picture.file for picture in PICTURES]
    assert len(files) == len(set(files)) >= 24
    assert sorted(files) == sorted(path.name for path in (ROOT / "docs" / "gallery").iterdir())
    assert (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8").count("![") == len(files)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.file)
def test_an_entry_is_whole(picture: gallery.Picture) -> None:
    assert flag(picture.words, "-o") == picture.file
    assert (ROOT / "docs" / "gallery" / picture.file).stat().st_size <= gallery.MOST_BYTES
    (wanted,) = [parse(word) for word in picture.words if is_link(word)]
    inside = read_link(ROOT / "docs" / "gallery" / picture.file)
    assert inside is not None
    assert parse(inside) == replace(wanted, style=flag(picture.words, "--style")), "draw it anew: python benchmarks/gallery.py"


def test_all_styles_and_times_of_day_are_shown() -> None:
    shown = {flag(picture.words, "--style") for picture in PICTURES}
    assert shown == {"concrete", "ink", "plate", "film", "blueprint", "netsphere"}
    assert shown <= set(styles.names())
    states = [parse(word) for picture in PICTURES for word in picture.words if is_link(word)]
    hours = [local_hour(state) for state in states]
    for low, high in ((10.0, 14.0), (17.5, 18.5), (5.5, 6.5)):
        assert sum(low < hour < high for hour in hours) >= 2
    assert sum(hour > 22.0 or hour < 2.0 for hour in hours) >= 2
