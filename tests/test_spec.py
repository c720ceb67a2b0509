"""The table of parameters and city files: what is allowed, what is said about the rest, and that writing reads back."""

from __future__ import annotations

import math
import time
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geometry.city import City
from geometry.cityfile import SCHEMA, CityFile, CityFileError, parse, preset, preset_names, read, text_of, write
from geometry.export.atomic import OutputError
from geometry.history import BY_ID, caption_of
from geometry.place import Growth, Place
from geometry.search import first, planar_tiles
from geometry.shell import apertures
from geometry.spec import CitySpec, SpecError, checked, differences, field, fields, read_value, with_changes
from viewer.compose import look
from viewer.lore.readouts import readouts
from viewer.views import view

HEAD = b"schema = 1\n"


def test_every_field_says_all_there_is_to_say() -> None:
    for row in fields():
        assert row.help.endswith(".")
        assert row.certainty in {"A", "A+", "B", "C", "D", "X", "?"}
        assert row.certainty == "?" or row.canon
        assert row.choices or (math.isfinite(row.low) and math.isfinite(row.high) and row.low <= row.default <= row.high)
        assert checked(row, row.default) == row.default
    assert [row.name for row in fields()] == [name for name in CitySpec.__struct_fields__ if name != "scars"]


@pytest.mark.parametrize("row", [row for row in fields() if not row.choices], ids=lambda row: row.name)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "3", None, True, [1], 10**5000], ids=range(8))
def test_no_field_takes_what_is_not_a_number_in_range(row, value) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SpecError, match=row.name) as caught:
        with_changes(CitySpec(), {row.name: value})
    assert "\n" not in str(caught.value)
    assert row.range in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"fil": 1}, "did you mean 'fill'"),
        ({"layers": 2.5}, "not a whole number"),
        ({"layers": 10**12}, "out of range"),
        ({"spacing": "log"}, "linear, geometric"),
        ({"core_km": 9e8}, "smaller than radius_km"),
        ({"layers": 3}, "12 strata cannot be drawn"),
        ({"layers": 10**7, "plate_km": 500.0}, "fills its layer"),
    ],
)
def test_what_does_not_fit_is_explained(changes: dict[str, object], says: str) -> None:
    with pytest.raises(SpecError, match=says):
        with_changes(CitySpec(), changes)


def test_values_take_the_type_of_their_field() -> None:
    spec = with_changes(CitySpec(), {"radius_km": 900_000_000})
    assert isinstance(spec.radius_km, float)
    assert read_value("layers", "12") == 12
    assert read_value("fill", "1e-1") == 0.1
    assert read_value("spacing", "geometric") == "geometric"
    with pytest.raises(SpecError):
        read_value("fill", "0.1; import os")
    assert differences(spec) == {"radius_km": 9.0e8}


def specs() -> st.SearchStrategy[CitySpec]:
    values = {row.name: _values(row) for row in fields() if row.name not in ("core_km", "layers", "drawn_layers", "plate_km", "radius_km")}
    return st.fixed_dictionaries({}, optional=values).map(lambda changes: with_changes(CitySpec(), changes))


def _values(row) -> st.SearchStrategy[object]:  # type: ignore[no-untyped-def]
    if row.choices:
        return st.sampled_from(row.choices)
    if row.type is int:
        return st.integers(int(row.low), int(row.high))
    return st.floats(row.low, row.high)


titles = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=' "\\'), max_size=40)


@settings(max_examples=60, deadline=None)
@given(spec=specs(), title=titles, about=st.lists(titles, max_size=3), name=st.sampled_from(["", "model", "canon"]))
def test_a_city_file_reads_back_the_same(spec: CitySpec, title: str, about: list[str], name: str) -> None:
    city = CityFile(spec, title, "\n".join(about), name)
    assert parse(text_of(city).encode()) == city


def test_presets_grow_what_their_names_say() -> None:
    assert set(preset_names()) >= {"model", "canon", "earth"}
    assert preset("canon").spec == CitySpec()
    assert preset("model").spec.layers == preset("model").spec.drawn_layers == 12
    assert preset("earth").spec.radius_km == 7371.0
    for name in preset_names():
        assert preset(name).title
        assert preset(name).description


FAULTS = [
    (b"", 1, "schema: is missing"),
    (b"schema = 9\n", 1, "newer than this program"),
    (b"schema = true\n", 1, "not a version"),
    (HEAD + b"generator = 99\n", 2, "newer than this program"),
    (HEAD + b"[city]\nseed = 1\nseed = 2\n", 4, "overwrite"),
    (HEAD + b"[city]\nsed = 1\n", 3, "did you mean 'seed'"),
    (HEAD + b"\n[city]\n\nfill = nan\n", 5, "out of range"),
    (HEAD + b"[city]\nfill = -inf\n", 3, "out of range"),
    (HEAD + b"[city]\nlayers = 1000000000000\n", 3, "out of range"),
    (HEAD + b"[city]\nseed = " + b"9" * 5000, 3, "4096 characters"),
    (HEAD + b"[city]\nseed = " + b"9" * 4050, 3, "out of range"),
    (HEAD + b"[city]\nspacing = 1979-05-27\n", 3, "not one of"),
    (HEAD + b"x = " + b"[\n" * 100_000, 10, "nested too deep"),
    (HEAD + b"x = " + b"{a=" * 1300, 2, "nested too deep"),
    (HEAD + b".".join([b"a"] * 2000) + b" = 1\n", 2, "no such key|nested too deep"),
    (HEAD + b".".join([b"a"] * 10_000) + b" = 1\n", 2, "4096 characters"),
    (HEAD + b"title = \xff\n", 2, "UTF-8"),
    (HEAD + b'title = "\\u001b[31m"\n', 2, "control characters"),
    (HEAD + b'preset = "../../etc/passwd"\n', 2, "no preset"),
    (HEAD + b"city = 3\n", 2, "must be a table"),
    (HEAD + b"[city.fill]\na = 1\n", 2, "not a number"),
    (HEAD + b'x = """', 2, "not TOML"),
    (b"\n" * 1_000_001, None, "1 MB"),
]


@pytest.mark.parametrize(("data", "line", "says"), FAULTS, ids=range(len(FAULTS)))
def test_a_bad_city_file_is_refused_with_its_line(data: bytes, line: int | None, says: str) -> None:
    start = time.perf_counter()
    with pytest.raises(CityFileError, match=says) as caught:
        parse(data, "my.toml")
    assert caught.value.line == line
    assert str(caught.value).startswith("my.toml:")
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert time.perf_counter() - start < 2.0


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_are_a_city_file_or_an_error(data: bytes) -> None:
    try:
        parse(HEAD + data)
    except CityFileError as error:
        said = str(error)
    else:
        said = ""
    assert "\n" not in said


def test_what_is_not_a_plain_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.toml", Path("/dev/zero")):
        with pytest.raises(CityFileError):
            read(path)


def test_writing_is_whole_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "größe und raum.toml"
    city = CityFile(CitySpec(), "One")
    write(path, city)
    assert read(path) == city
    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OutputError, match="disk is full"):
        write(path, CityFile(CitySpec(seed=1), "Two"))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert f"schema = {SCHEMA}" in before.decode()


def test_a_field_of_that_name_exists() -> None:
    assert field("fill").unit == ""
    with pytest.raises(SpecError):
        field("no such")


OTHERS: dict[str, object] = {
    "seed": 41,
    "radius_km": 7.0e8,
    "layers": 150_000,
    "drawn_layers": 11,
    "spacing": "geometric",
    "core_km": 1.0e6,
    "fill": 0.3,
    "plate_km": 40.0,
    "memory_fragmentation": 0.3,
    "order_now": 0.5,
    "year_first": -400.0,
    "tower_height_km": 200.0,
    "inhabited_fraction": 0.01,
    "day_length_h": 20.0,
    "day_duty": 0.4,
    "phase_per_layer_h": 0.3,
    "haze_per_m": 1.16e-5,
    "toha_state": "vanished",
    "figure_height_m": 2.5,
    "gene_loss": "order",
    "plate_openings": "sealed",
    "matter_source": "nothing",
    "lift_beta": 0.9,
}


def _bytes(growth: Growth) -> bytes:
    parts = growth.parts
    held = [parts.position.tobytes(), parts.scale.tobytes(), parts.year.tobytes(), parts.material.tobytes()]
    return b"".join([*held, *(repr((place.key, place.size, place.epoch, place.year, place.phase)).encode() for place in growth.children)])


def _grown(spec: CitySpec) -> str:
    """A digest of the City's strata, of a tile, a district, a gangway with somebody on it, a landmark, of holes in a plate, of how the
    light falls, and of what is told."""
    city = City(spec)
    tile, gangway = next(planar_tiles(city)), first(city, "canyon", "walkway")
    places: list[Place] = [city.root, tile, first(city, "district"), gangway, city.at("landmark/toha")]
    seen = [_bytes(city.unfold(place)) for place in places]
    told = (look(view("canyon", spec)), readouts(view("opening", spec)), caption_of(BY_ID["gene"], spec))
    return sha256(b"".join([*seen, apertures(spec, (7,), (3, 0, 2, 1), 6).tobytes(), repr(told).encode()])).hexdigest()


@pytest.fixture(scope="module")
def usual() -> str:
    return _grown(CitySpec())


@pytest.mark.parametrize("name", [row.name for row in fields()])
def test_no_parameter_is_dead(name: str, usual: str) -> None:
    assert _grown(with_changes(CitySpec(), {name: OTHERS[name]})) != usual
