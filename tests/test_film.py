"""Films: tours in time, frames that are kept, files that players read."""

import importlib.util
import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from geometry.spec import CitySpec
from viewer.command.cli import main
from viewer.drawing import movie
from viewer.drawing.caption import captioned, wrapped
from viewer.drawing.reel import reel
from viewer.errors import InputError, LimitError
from viewer.journey import tour
from viewer.journey.chronicle import shown, told
from viewer.state import ViewState, Wedge
from viewer.styles import style
from viewer.views import view
from viewer.whereabouts import light_at

TRIANGLES = 3_000
_SPEC = importlib.util.spec_from_file_location("film", Path(__file__).parents[1] / "benchmarks" / "film.py")
assert _SPEC is not None
assert _SPEC.loader is not None
bench = importlib.util.module_from_spec(_SPEC)
sys.modules["film"] = bench  # its dataclass looks itself up
_SPEC.loader.exec_module(bench)


def test_a_turn_ends_where_it_began_and_keeps_its_distance() -> None:
    state = view("opening")
    states = tour.turntable(state, 4.0).states(6)
    assert len(states) == 24
    assert {round(frame.camera.distance / state.camera.distance, 6) for frame in states} == {1.0}
    assert np.allclose(states[12].camera.position[:2], -np.asarray(state.camera.position)[:2], rtol=0.2)
    steps = [math.dist(a.camera.position, b.camera.position) for a, b in zip(states, [*states[1:], states[0]], strict=True)]
    assert max(steps) < 1.01 * min(steps)


def test_a_day_moves_nothing_but_the_hour() -> None:
    state = view("opening")
    states = tour.day(state, 2.0).states(12)
    assert len({frame.hour for frame in states}) == 24
    assert {replace(frame, hour=0.0) for frame in states} == {replace(state, hour=0.0)}


def test_a_day_dwells_on_dusk_and_dawn() -> None:
    """Frames of a film of twelve seconds while the ceiling goes on or off, where an even pace would have seven each; none jumps."""
    state = view("canyon")
    frames = tour.day(state, 12.0).states(30)
    light = np.array([light_at(frame) for frame in frames])
    assert ((light > 0.0) & (light < 1.0)).sum() > 60
    assert np.abs(np.diff(light)).max() < 0.06
    pace = np.diff(np.unwrap([frame.hour for frame in [*frames, frames[0]]], period=24.0))
    assert pace.min() > 0.0
    assert pace.sum() == pytest.approx(24.0)
    assert np.abs(np.diff(pace)).max() < 0.3 * pace.max()


def test_from_outside_all_hours_are_as_long() -> None:
    pace = np.diff([frame.hour for frame in tour.day(replace(view("opening"), hour=0.0), 4.0).states(6)])
    assert np.allclose(pace, 1.0)


@pytest.mark.parametrize("words", [["turntable"], ["day"], ["tour", "KEYS"]])
def test_a_film_of_any_kind_has_as_many_frames_as_asked(words: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    keys = tmp_path / "tour.toml"
    keys.write_text("[[key]]\nat = 0\nview = 'opening'\n[[key]]\nat = 4\nview = 'rim'\nby = 'cut'", encoding="utf-8")
    asked = [str(keys) if word == "KEYS" else word for word in words]
    assert main(["film", *asked, "--frames", "7", "--fps", "24", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["frames"] == 7
    assert main(["film", *asked, "--frames", "7", "--seconds", "3", "--dry-run"]) == 2
    assert "give one of them" in capsys.readouterr().err


def test_a_tour_passes_its_keys_gently_and_goes_the_short_way_round_the_clock() -> None:
    first, last = replace(view("opening"), hour=23.0), replace(view("wedge"), hour=1.0)
    way = tour.through((tour.Key(2.0, first), tour.Key(6.0, last)))
    assert way.seconds == 4.0
    assert way.state_at(0.0) == first
    assert way.state_at(4.0) == last
    assert way.state_at(2.0).hour == pytest.approx(0.0, abs=1e-9)
    wedge = way.state_at(2.0).cuts[0]
    assert isinstance(wedge, Wedge)
    assert 96.0 < wedge.angle < 120.0
    early, late = (math.dist(way.state_at(t).camera.position, way.state_at(t + 0.02).camera.position) for t in (0.0, 2.0))
    assert early < 0.01 * late


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", r"a tour has 2 to"),
        ("[[key]]\nat = 0\nview = 'opening'", r"a tour has 2 to"),
        ("[[key]]\nat = 0\nview = 'opening'\n[[key]]\nat = 0\nview = 'wedge'", r"each later than the one before"),
        ("[[key]]\nat = 0\nview = 'opening'\n[[key]]\nat = 'soon'\nview = 'wedge'", r"key 2: at: write seconds"),
        ("[[key]]\nat = 0\nview = 'opening'\n[[key]]\nat = 1\nview = 'wegde'", r"key 2: .*did you mean 'wedge'"),
        ("[[key]]\nat = 0\nview = 'opening'\n[[key]]\nat = 1", r"key 2: give it a view or a link"),
        ("[[key]]\nat = 0\nview = 'opening'\n[[key]]\nat = 1\nview = 'wedge'\nhour = 30", r"key 2: hour is out of range"),
        ("[[key]]\nat = 0\nview = 'opening'\n[[key]]\nat = 1\nview = 'wedge'\nhour = '9'", r"key 2: hour: write a number"),
        ("[[key]]\nat = 0\nview = 'opening'\n[[key]]\nat = 1\nview = 'wedge'\nspeed = 9", r"key 2: there is no 'speed'"),
        ("[[key]]\nat = 0\nview = 'opening'\n[[key]]\nat = 1\nview = 'wedge'\nby = 'car'", r"key 2: by: write flight, way, cut"),
        ("[[key", r"a tour is a TOML file"),
    ],
)
def test_a_bad_tour_is_one_clear_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "tour.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says) as caught:
        tour.read(path, CitySpec())
    assert "\n" not in str(caught.value)


def two_frames() -> list[ViewState]:
    return tour.day(view("outside"), 1.0).states(2)


def test_frames_that_are_there_are_kept_and_wrong_ones_drawn_again(tmp_path: Path) -> None:
    paths = movie.shoot(two_frames(), tmp_path, (64, 36), max_triangles=TRIANGLES)
    assert [path.name for path in paths] == ["0001.png", "0002.png"]
    before = [path.read_bytes() for path in paths]
    ages = [path.stat().st_mtime_ns for path in paths]
    paths[1].write_bytes(before[0])
    movie.shoot(two_frames(), tmp_path, (64, 36), max_triangles=TRIANGLES)
    assert paths[0].stat().st_mtime_ns == ages[0]
    assert [path.read_bytes() for path in paths] == before


def test_a_still_camera_sees_no_flicker_as_the_hour_moves() -> None:
    """Frame by frame through the dusk of a day in a minute. A film whose brightness wavers by a fiftieth fails."""
    state = view("canyon")
    coarse = tour.day(state, 48.0).states(1)
    with reel(coarse, (96, 54), 1, TRIANGLES) as camera:
        whole = bench.evenness(map(camera.draw, [*range(len(coarse)), 0]))
    dusk = bench.liveliest(np.array([frame.hour for frame in coarse]), whole.change)
    fine = [replace(state, hour=float(hour)) for hour in np.arange(dusk - 0.2, dusk + 0.8, 24.0 / (60.0 * 24))]
    with reel(fine, (96, 54), 1, TRIANGLES) as camera:
        frames = list(map(camera.draw, range(len(fine))))
    found = bench.evenness(frames)
    assert found.change.max() > 0.01, "there is no dusk in it"
    assert found.jump < 0.4 * found.change.max()
    assert found.flicker < 0.6
    wavering = bench.evenness(np.clip(frame * (1.0 + 0.02 * (number % 2)), 0, 255) for number, frame in enumerate(frames))
    assert wavering.flicker > 0.8


@pytest.mark.parametrize(("name", "deep"), [("a.mp4", False), ("a.webm", False), ("a.gif", False), ("a.mp4", True)])
def test_a_film_is_read_back_frame_by_frame(tmp_path: Path, name: str, deep: bool) -> None:
    paths = movie.shoot(two_frames(), tmp_path / "frames", (64, 36), max_triangles=TRIANGLES)
    movie.encode(paths, tmp_path / name, 2, deep=deep)
    with av.open(str(tmp_path / name)) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        bits = film.streams.video[0].codec_context.pix_fmt
    assert [frame.shape for frame in frames] == [(36, 64, 3)] * 2
    assert str(bits).endswith("10le") == deep
    assert sorted(path.name for path in tmp_path.iterdir()) == [name, "frames"]


def test_what_cannot_be_filmed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LimitError, match="too large for a film"):
        movie.shoot(two_frames(), tmp_path, (9000, 100))
    with pytest.raises(InputError, match="8 bits a colour"):
        movie.check_codec(tmp_path / "a.gif", deep=True)


def refused_film(output: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What is said, on one line, of an output that cannot be written."""
    assert main(["film", "turntable", "--frames", "2", "--size", "64x36", "-o", str(output)]) == 4
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    assert "bug" not in said
    return said


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "x.mp4.frames").touch()
    assert "choose another" in refused_film(tmp_path / "file" / "sub" / "{frame}.png", capsys)
    assert "is a file where a folder is needed" in refused_film(tmp_path / "file" / "{frame}.png", capsys)
    assert "is a file where a folder is needed" in refused_film(tmp_path / "x.mp4", capsys)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "x.mp4.frames"]


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), FileNotFoundError(2, "No such file or directory")])
@pytest.mark.parametrize("name", ["x.mp4", "x/{frame}.png"])
def test_a_place_that_takes_no_folder_is_one_clear_line(
    name: str, error: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Path, "mkdir", refuse)
    folder = tmp_path / ("x.mp4.frames" if name == "x.mp4" else "x")
    said = refused_film(tmp_path / name, capsys)
    assert f"{folder}: this folder cannot be made" in said
    assert said.endswith("choose another place\n")


def test_odd_sides_are_made_even_and_it_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    film = ["film", "turntable", "--frames", "2", "--max-triangles", str(TRIANGLES), "--json"]
    name = str(tmp_path / "x.mp4")
    assert main([*film, "--size", "65x37", "-o", name]) == 0
    out, err = capsys.readouterr()
    assert err == f"{name}: 64 x 36, not 65 x 37; .mp4 films have even sides\n"
    with av.open(name) as made:
        stream = made.streams.video[0]
        assert (stream.width, stream.height) == (json.loads(out)["width"], json.loads(out)["height"]) == (64, 36)


@pytest.mark.parametrize(
    "words",
    [
        ["--size", "65x37", "-o", "x.mp4", "--quiet"],
        ["--size", "64x36", "-o", "x.mp4"],
        ["--size", "65x37", "-o", "x.gif"],
        ["--size", "65x37", "-o", "{frame}.png"],
    ],
    ids=" ".join,
)
def test_nothing_is_said_of_sides_that_stay(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["film", "turntable", "--frames", "2", "--dry-run", *words]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert ("65 x 37" in out) == ("x.mp4" not in words)


def test_a_film_that_is_refused_leaves_no_folder(tmp_path: Path) -> None:
    assert main(["film", "turntable", "--frames", "2", "--size", "9000x100", "-o", str(tmp_path / "x.mp4")]) == 6
    assert list(tmp_path.iterdir()) == []


def test_the_example_tours_can_be_filmed() -> None:
    paths = sorted((Path(__file__).parents[1] / "examples").glob("*.toml"))
    assert paths
    for path in paths:
        way = tour.read(path, CitySpec())
        assert len({way.state_at(at).camera for at in (0.0, 3.0, 9.0)}) == 3  # a way that must be looked for comes later


def test_it_gets_dark_between_two_places_without_a_way() -> None:
    a, b = view("opening"), view("rim")
    made = tour.through((tour.Key(0.0, a), tour.Key(4.0, b, tour.cut_to(a, b))))
    light = [style(frame.style, frame.tuned).values["grade.exposure"] for frame in made.states(10)]
    assert light[0] == light[-1] == 1.0
    assert min(light) < 0.06
    assert {frame.camera for frame in made.states(10)} == {a.camera, b.camera}
    assert made.state_at(0.0) == a
    assert made.state_at(4.0) == b


def test_a_wedge_shuts_where_the_whole_comes_next() -> None:
    made = tour.through((tour.Key(0.0, view("opening")), tour.Key(4.0, view("outside"))))
    angles = [frame.cuts[0].angle for frame in made.states(4)[:-1] if isinstance(frame.cuts[0], Wedge)]
    assert angles == sorted(angles, reverse=True)
    assert angles[-1] < 5.0
    assert made.state_at(4.0).cuts == ()


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(InputError, match="pip install av"):
        movie.check_codec(tmp_path / "a.mp4")


def test_a_frame_is_numbered_as_its_name_says() -> None:
    assert [movie.numbered(name, 7, 4) for name in ("{frame}.png", "a{frame:2}.png", "b.png")] == ["0007.png", "a07.png", "b.png"]


def test_words_go_on_below_where_a_picture_is_narrow() -> None:
    line = "City 0:44:28.32   Car 0:39:17.01   0.499 c   pitch ahead 1.73, half the sky within 60.1°"
    assert wrapped(line, lambda words: len(words) < 200) == [line]
    rows = wrapped(line, lambda words: len(words) < 48)
    assert len(rows) == 2
    assert rows[0].endswith("0.499 c")
    assert " ".join(wrapped(line, lambda words: len(words) < 20)).split() == line.split()
    small = captioned(np.full((90, 160, 3), 120, np.uint8), line)
    assert (small[:, -5:] == 120).all()  # nothing runs off the edge


def test_the_history_says_what_age_it_is() -> None:
    spec = CitySpec()
    assert told(shown(view("opening", spec), 0.0)).startswith("The Netsphere")
    assert "taken apart: Moon, Mercury" in told(shown(view("opening", spec), 0.9))
