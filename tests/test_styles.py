"""Styles: text files of parameters, checked whole, tuned by number."""

from pathlib import Path

import numpy as np
import pytest

from tests.scenes import box_ahead
from viewer import styles
from viewer.drawing.picture import still
from viewer.errors import InputError


@pytest.mark.parametrize("name", styles.names())
def test_every_style_draws_a_picture_of_its_own(name: str) -> None:
    from dataclasses import replace

    scene = box_ahead(10.0, 4.0)
    plain = still(scene, (64, 48), supersample=1).astype(int)
    drawn = still(replace(scene, look=replace(scene.look, style=styles.style(name))), (64, 48), supersample=1).astype(int)
    assert drawn.std() > 3.0
    assert (name == styles.DEFAULT) == bool(np.abs(drawn - plain).max() == 0)


def test_every_uniform_is_used_by_a_shader() -> None:
    shaders = "".join(path.read_text(encoding="utf-8") for path in (styles.FOLDER.parent / "shaders").iterdir())
    assert [name for name in styles.style(styles.DEFAULT).uniforms() if name not in shaders] == []


def test_tuning_changes_one_number() -> None:
    tuned = styles.style("film", (("grade.glow", 0.25),))
    assert tuned.values["grade.glow"] == 0.25
    assert tuned.values["air.abyss"] == styles.style("film").values["air.abyss"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("drawing = 'oil'", "use one of paint, ink, lines"),
        ("[grade]\nglow = 'much'", "write a number from 0 to 6"),
        ("[grade]\nglow = 7.0", "write a number from 0 to 6"),
        ("[grade]\nglow = true", "write a number from 0 to 6"),
        ("[grade]\nglow = nan", "write a number from 0 to 6"),
        ("[air]\nabyss = [0.1, 0.2]", "write three numbers"),
        ("[grade]\nglwo = 1.0", "did you mean 'grade.glow'?"),
        ("glow = 1.0", "there is no 'glow'"),
        ("title = ''", "write a line of text"),
        ("[grade", "a style is a TOML file"),
    ],
)
def test_a_bad_file_is_one_clear_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        styles.read(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_user_writes_a_style_without_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dawn.toml").write_text("title = 'Dawn'\n[air]\nnoon_high = [1.0, 0.7, 0.5]\n", encoding="utf-8")
    monkeypatch.setenv("MEGASTRUCTURE_STYLES", str(tmp_path))
    styles.reread()
    try:
        assert "dawn" in styles.names()
        assert styles.style("dawn").values["air.noon_high"] == (1.0, 0.7, 0.5)
    finally:
        monkeypatch.undo()
        styles.reread()


def test_an_unknown_style_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'film'"):
        styles.style("filn")
