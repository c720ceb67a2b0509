"""Links: the text form of a ViewState, exact to the last bit. Pictures and exports carry it; the program opens it again.

city://1/40?radius_km=8e8&eye=1.2e12,-1.2e12,8e11&focus=0,0,0&hour=19&cut=wedge:-45,90,0&style=ink

The number before the slash is the generator's version, the one after it the seed. What is left out has its default.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote

from geometry.address import AddressError
from geometry.address import parse as parse_address
from geometry.fields import FIELDS
from geometry.scar import MOST_SCARS, POWERS, Scar, ScarError
from geometry.spec import CitySpec, SpecError, differences, fields, read_value, shown, with_changes, with_scars
from geometry.version import GENERATOR_VERSION
from viewer.camera import Camera, Vector
from viewer.errors import LinkError
from viewer.motion import LIMIT
from viewer.parting import MOST_HIDDEN, name_of
from viewer.state import ORBITS, Cut, Plane, Shells, ViewState, Wedge
from viewer.styles import names as style_names
from viewer.styles import numbers, tunable

SCHEME = "city://"
MAX_LENGTH = 8192
MAX_CUTS = 8
FARTHEST = 1.0e18
"""Metres beyond which no eye, focus or cut may stand."""

_POWERS = ("", *(field.name for field in FIELDS), ORBITS)


def link(state: ViewState) -> str:
    """The link to a view; `parse` gives the same ViewState back. Raises LinkError for a state that no picture can show."""
    _check(state)
    words = [f"{name}={_word(value)}" for name, value in differences(state.city).items() if name != "seed"]
    words += [f"{name}={_word(value)}" for name, value in _camera_words(state.camera).items()]
    plain = ViewState()
    for name in _PLAIN:
        value = getattr(state, name)
        if name in _ALWAYS or value != getattr(plain, name):
            words.append(f"{name}={_word(value)}")
    words += [f"cut={_cut_word(cut)}" for cut in state.cuts]
    words += [f"scar={_scar_word(scar)}" for scar in state.city.scars]
    return f"{SCHEME}{GENERATOR_VERSION}/{state.city.seed}?{'&'.join(words)}"


def parse(text: str) -> ViewState:
    """Read a link. Raises LinkError, one line, for anything that is not one."""
    version, seed, query = _split(text)
    if not 1 <= version <= GENERATOR_VERSION:
        raise LinkError(f"link is of generator {version}, this program grows {GENERATOR_VERSION}; update the program")
    single: dict[str, str] = {"seed": seed}
    cuts: list[Cut] = []
    scars: list[Scar] = []
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        if name == "cut":
            cuts.append(_cut(value))
        elif name == "scar":
            scars.append(_scar(value))
        elif name in single:
            raise LinkError(f"link: '{shown(name)}' is given twice; keep one")
        else:
            single[name] = value
    if len(scars) > MOST_SCARS:
        raise LinkError(f"link: a City keeps at most {MOST_SCARS} scars; remove some")
    state = _state(single, tuple(cuts))
    state = replace(state, city=with_scars(state.city, tuple(scars)))
    _check(state)
    return state


def is_link(text: str) -> bool:
    """Whether a text means to be a link."""
    return text.lstrip().lower().startswith(SCHEME)


def _split(text: str) -> tuple[int, str, str]:
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise LinkError(f"link is longer than {MAX_LENGTH} characters; copy it again")
    if not is_link(text):
        raise LinkError(f"'{shown(text)}' is not a link; one starts with {SCHEME}{GENERATOR_VERSION}/SEED")
    head, _, query = unquote(text[len(SCHEME) :]).partition("?")
    version, _, seed = head.rstrip("/").partition("/")
    if not (version.isascii() and version.isdecimal() and len(version) < 10):
        raise LinkError(f"link: '{shown(version)}' is not a generator's version; a link starts with {SCHEME}{GENERATOR_VERSION}/SEED")
    return int(version), seed or "40", query


def _state(words: dict[str, str], cuts: tuple[Cut, ...]) -> ViewState:
    names = {row.name for row in fields()}
    try:
        city = with_changes(CitySpec(), {name: read_value(name, value) for name, value in words.items() if name in names})
    except SpecError as error:
        raise LinkError(f"link: {error}") from None
    camera = {_CAMERA[name][0]: _CAMERA[name][1](name, value) for name, value in words.items() if name in _CAMERA}
    plain: dict[str, Any] = {name: _PLAIN[name](name, value) for name, value in words.items() if name in _PLAIN}
    for name in words:
        if name not in names and name not in _CAMERA and name not in _PLAIN:
            near = get_close_matches(name, [*names, *_CAMERA, *_PLAIN, "cut", "scar"], 1)
            raise LinkError(f"link: there is no '{shown(name)}'" + (f"; did you mean '{near[0]}'?" if near else "; remove it"))
    state = ViewState(city=city, cuts=cuts, **plain)
    return replace(state, camera=replace(state.camera, **camera))


def _real(name: str, text: str) -> float:
    try:
        value = float(text) if len(text) <= 32 else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise LinkError(f"link: {name}: '{shown(text)}' is not a number")
    return value


def _whole(name: str, text: str) -> int:
    value = _real(name, text)
    if value != int(value) or abs(value) > 1e6:
        raise LinkError(f"link: {name}: '{shown(text)}' is not a small whole number")
    return int(value)


def _flag(name: str, text: str) -> bool:
    if text not in ("0", "1"):
        raise LinkError(f"link: {name}: '{shown(text)}' is not 0 or 1")
    return text == "1"


def _vector(name: str, text: str) -> Vector:
    words = text.split(",")
    if len(words) != 3:
        raise LinkError(f"link: {name}: '{shown(text)}' is not three numbers")
    x, y, z = (_real(name, word) for word in words)
    return (x, y, z)


def _addresses(name: str, text: str) -> tuple[str, ...]:
    """`band_7,band_8.2/tile_3-02`: addresses without their seed, spaces as underlines."""
    try:
        return tuple(name_of(replace(parse_address(word.replace("_", " ")), seed=0)) for word in text.split(",") if word)
    except AddressError as error:
        raise LinkError(f"link: {name}: {error}") from None


def _style(name: str, text: str) -> str:
    return text


def _tuned(name: str, text: str) -> tuple[tuple[str, float], ...]:
    """`grade.glow:1.5,light.windows:2.0`: numbers of the style, in the order of its table."""
    given = {}
    for word in text.split(",") if text else ():
        key, _, value = word.partition(":")
        if key not in numbers():
            raise LinkError(f"link: {name}: a style has no number '{shown(key)}'; it has {', '.join(numbers())}")
        given[key] = _real(key, value)
    return tuple((key, given[key]) for key in numbers() if key in given)


Reader = Callable[[str, str], Any]
_CAMERA: dict[str, tuple[str, Reader]] = {
    "eye": ("position", _vector),
    "focus": ("focus", _vector),
    "up": ("up", _vector),
    "fov": ("fov", _real),
    "parallel": ("parallel", _flag),
}
_PLAIN: dict[str, Reader] = {
    "hour": _real,
    "year": _real,
    "peel": _whole,
    "isolated": _whole,
    "explode": _real,
    "style": _style,
    "tuned": _tuned,
    "haze": _real,
    "detail": _real,
    "hidden": _addresses,
    "figure": _flag,
    "emitter": _whole,
    "power": _style,
    "beta": _real,
    "lost": _flag,
}
_ALWAYS = ("hour", "year", "style")


def _camera_words(camera: Camera) -> dict[str, object]:
    plain = ViewState().camera
    values = {name: getattr(camera, attribute) for name, (attribute, _) in _CAMERA.items()}
    return {k: v for k, v in values.items() if k in ("eye", "focus") or v != getattr(plain, _CAMERA[k][0])}


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return ",".join(f"{key}:{_word(number)}" for key, number in value)
    if isinstance(value, tuple):
        return ",".join(_word(item) for item in value)
    if isinstance(value, str):
        return value.replace(" / ", "/").replace(" ", "_")
    return repr(float(value)) if isinstance(value, float) else str(value)


def _cut_word(cut: Cut) -> str:
    if isinstance(cut, Plane):
        return f"plane:{_word((*cut.point, *cut.normal))}"
    if isinstance(cut, Wedge):
        return f"wedge:{_word((cut.start, cut.angle, cut.tilt))}"
    return f"shells:{_word((cut.inner, cut.outer))}"


def _cut(text: str) -> Cut:
    kind, _, rest = text.partition(":")
    values = [_real(f"cut {shown(kind)}", word) for word in rest.split(",")]
    if kind == "plane" and len(values) == 6:
        px, py, pz, nx, ny, nz = values
        return Plane((px, py, pz), (nx, ny, nz))
    if kind == "wedge" and len(values) == 3:
        return Wedge(*values)
    if kind == "shells" and len(values) == 2:
        return Shells(*values)
    raise LinkError(f"link: cut '{shown(text)}' is not plane:6 numbers, wedge:3 or shells:2")


def _scar_word(scar: Scar) -> str:
    """Where from, where to, power and seed. The place's name is left out: it is for people, and a link is long enough."""
    return f"{scar.power}:{_word((*scar.muzzle, *scar.direction))}:{scar.seed}"


def _scar(text: str) -> Scar:
    power, _, rest = text.partition(":")
    numbers, _, seed = rest.partition(":")
    values = [_real("scar", word) for word in numbers.split(",")]
    if len(values) != 6 or not (power.isascii() and power.isdecimal() and seed.isascii() and seed.isdecimal() and len(seed) < 20):
        raise LinkError(f"link: scar '{shown(text)}' is not POWER:6 numbers:SEED")
    mx, my, mz, dx, dy, dz = values
    try:
        return Scar(muzzle=(mx, my, mz), direction=(dx, dy, dz), power=int(power[:9]), seed=int(seed))
    except ScarError as error:
        raise LinkError(f"link: scar: {error}") from None


def problem(state: ViewState) -> str | None:
    """What makes a state one that no picture can show, in one line, or None. Refused here, nothing further in has to ask."""
    camera = state.camera
    rules = {
        "eye": _near(camera.position) and camera.position != camera.focus and camera.distance > 0.0,
        "focus": _near(camera.focus),
        "up": _near(camera.up) and _slanted(camera),
        "fov": 0.01 <= camera.fov <= 170.0,
        "hour": 0.0 <= state.hour < 24.0,
        "year": -1.0e6 <= state.year <= 1.0e6,
        "peel": 0 <= state.peel <= 64,
        "isolated": state.isolated is None or 0 <= state.isolated < 64,
        "explode": 0.0 <= state.explode <= 10.0,
        "style": state.style in style_names(),
        "power": state.power in _POWERS,
        "beta": -LIMIT <= state.beta <= LIMIT,
        "emitter": 1 <= state.emitter <= len(POWERS),
        "tuned": all(tunable(name, value) for name, value in state.tuned),
        "haze": 0.0 <= state.haze <= 100.0,
        "detail": 0.01 <= state.detail <= 100.0,
        "hidden": len(state.hidden) <= MOST_HIDDEN and all(0 < len(name) <= 400 for name in state.hidden),
        "cut": len(state.cuts) <= MAX_CUTS and all(_sound(cut) for cut in state.cuts),
    }
    wrong = next((name for name, good in rules.items() if not good), None)
    return None if wrong is None else f"{wrong} is out of range; {_RANGES[wrong]}"


def _check(state: ViewState) -> None:
    wrong = problem(state)
    if wrong is not None:
        raise LinkError(f"link: {wrong}")


_RANGES = {
    "eye": "give metres within 1e18, away from the focus",
    "focus": "give metres within 1e18",
    "up": "give a direction that is not the line of sight",
    "fov": "give 0.01 to 170 degrees",
    "hour": "give 0 to 24",
    "year": "give -1e6 to 1e6",
    "peel": "give 0 to 64 strata",
    "isolated": "give a stratum, 0 to 63",
    "explode": "give 0 to 10",
    "style": f"give one of {', '.join(style_names())}",
    "beta": f"give -{LIMIT} to {LIMIT}",
    "emitter": f"give 1 to {len(POWERS)}",
    "power": f"give one of {', '.join(_POWERS[1:])}",
    "tuned": "give numbers in the ranges of the style's table",
    "haze": "give 0 to 100",
    "detail": "give 0.01 to 100",
    "hidden": f"give at most {MOST_HIDDEN} addresses",
    "cut": f"give at most {MAX_CUTS}, with finite numbers, a normal that is not zero, inner below outer, angle within 360",
}


def _near(point: Vector) -> bool:
    return all(abs(x) <= FARTHEST for x in point)


def _slanted(camera: Camera) -> bool:
    """Whether `up` is a direction and not (nearly) the line of sight."""
    ux, uy, uz = camera.up
    ox, oy, oz = (p - f for p, f in zip(camera.position, camera.focus, strict=True))
    cross = math.hypot(uy * oz - uz * oy, uz * ox - ux * oz, ux * oy - uy * ox)
    return cross > 1e-9 * math.hypot(ux, uy, uz) * math.hypot(ox, oy, oz) > 0.0


def _sound(cut: Cut) -> bool:
    if isinstance(cut, Plane):
        return _near(cut.point) and _near(cut.normal) and math.hypot(*cut.normal) > 1e-6
    if isinstance(cut, Wedge):
        return abs(cut.start) <= 360.0 and 0.0 < cut.angle < 360.0 and abs(cut.tilt) <= 90.0
    return 0.0 <= cut.inner < cut.outer <= FARTHEST
