"""Where a text that a person typed, dropped or opened leads: a link, a file of ours, a named view or an address. No Qt here."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import unquote

from geometry.address import Address, AddressError
from geometry.address import parse as parse_address
from geometry.city import City
from geometry.landmarks import address_of, is_landmark
from geometry.rules import RULES
from geometry.spec import CitySpec, with_changes
from geometry.strata import strata
from viewer.command.options import What
from viewer.command.sources import resolve, state_of
from viewer.errors import InputError
from viewer.journey.descent import band_camera
from viewer.link import is_link, parse
from viewer.lore.landmarks import cards, name_in, view_of
from viewer.places.approach import approach
from viewer.state import ViewState
from viewer.views import VIEWS, view

FILES = (".toml", ".png", ".jpg", ".jpeg", ".webp", ".exr", ".glb", ".stl", ".3mf", ".ply")
"""Endings of files that hold a City or a link to a view of one."""
_KINDS = ("seed", "band", "layer", "tile", *(kind for kind in RULES if kind not in ("city", "band", "stratum", "tile")))
_STEP = re.compile(r"([a-z][a-z-]*)[ ]*([0-9][0-9.-]*)")
_HOW = "type a view like 'canyon', an address like 'band 7 / tile 3-02', or a link"


@dataclass(frozen=True, slots=True)
class Destination:
    """What a text leads to."""

    state: ViewState
    title: str
    """What going there is called: Go to canyon, Open wall.png."""
    travel: bool
    """Whether the eye flies there; a file or a link is shown at once."""
    file: Path | None = None
    """The city file it was read from, to save to again."""


def is_file(text: str) -> bool:
    """Whether a text means a file: by its ending, or because there is one."""
    return text.lower().endswith(FILES) or ("/" not in text.strip("/") and os.path.exists(text)) or os.path.isabs(text)


def plain_path(text: str) -> str:
    """The path in a text that may be a file's URL or begin at the home folder."""
    text = text.strip()
    if text.lower().startswith("file://"):
        return unquote(text[7:])
    return os.path.expanduser(text) if text.startswith("~") else text


def destination(text: str, state: ViewState) -> Destination:
    """Where a text leads from a state. Raises InputError, one line that says what, where and what to do, and the readers' own errors."""
    text = plain_path(text)
    if is_link(text):
        return Destination(parse(text), "Open the link", False)
    if is_file(text):
        return opened(text)
    if text in VIEWS:
        goal = view(text, state.city)
        return Destination(replace(goal, style=state.style), f"Go to {text}", True)
    name = name_in(text)
    if name is not None:
        return Destination(replace(view_of(state.city, name), style=state.style), f"Go to {cards()[name].title}", True)
    return _place(" ".join(text.split()), state)


def opened(path: str) -> Destination:
    """The City or view in a file. Raises InputError and the readers' own errors."""
    name = Path(path).name
    if not path.lower().endswith(FILES):
        raise InputError(f"{name}: is no file of ours; open a city file (.toml), or a picture or model made by this program")
    if not os.path.isfile(path):
        what = "is a folder; open a file in it" if os.path.isdir(path) else "there is no such file; check the path"
        raise InputError(f"{path}: {what}")
    state = state_of(resolve(path), What())
    return Destination(state, f"Open {name}", False, Path(path) if path.lower().endswith(".toml") else None)


def _place(text: str, state: ViewState) -> Destination:
    """An address in this City; `stratum 7` and `band 7` alike are seen from within."""
    text = re.sub(r"^stratum (?=[0-9])", "band ", text.lower())
    try:
        text = str(address_of(state.city, text)) if is_landmark(text) else text
        _check_words(text)
        address = parse_address(text)
        seed = address.seed if text.startswith("seed") else state.city.seed
        city = with_changes(state.city, {"seed": seed})
        there = replace(state, city=city)
        address = replace(address, seed=seed)
        title = f"Go to {str(address).partition(' / ')[2] or 'the City'}"
        bands = _checked_bands(city, address)
        if not address.tile and not address.steps:
            return Destination(replace(there, camera=band_camera(there, bands)), title, True)
        return Destination(approach(City(city), City(city).at(address), there), title, True)
    except (AddressError, LookupError) as error:
        raise InputError(_unseeded(str(error.args[0] if error.args else error), state.city.seed)) from None


def _checked_bands(spec: CitySpec, address: Address) -> tuple[int, ...]:
    """The path of bands of an address, down to its layer if it names one. Raises InputError for a band or a layer that is not there."""
    rows = strata(spec)
    for depth, index in enumerate(address.bands):
        if index >= len(rows):
            name = f"band {'.'.join(map(str, address.bands[: depth + 1]))}"
            raise InputError(f"{name}: there is no such band; here they are 0 to {len(rows) - 1}")
        last = rows[index]
        rows = strata(spec, address.bands[: depth + 1]) if last.high - last.low > 1 else ()
    if address.layer is None:
        return address.bands
    bands = address.bands
    while True:
        found = next((i for i, row in enumerate(rows) if row.low <= address.layer < row.high), None)
        if found is None:
            low, high = (rows[0].low, rows[-1].high - 1) if rows else (0, spec.layers - 1)
            raise InputError(f"layer {address.layer}: there is no such layer; here they are {low:,} to {high:,}")
        bands, row = (*bands, found), rows[found]
        if row.high - row.low == 1:
            return bands
        rows = strata(spec, bands)


def _check_words(text: str) -> None:
    """Refuse what is no address before it is read as one, with the nearest name. Raises InputError."""
    steps = [step.strip() for step in text.split("/") if step.strip()]
    if not steps or not any(c.isdigit() for c in text):
        raise InputError(f"'{text[:40]}' is no place; {_nearest(text) or _HOW}")
    for index, step in enumerate(steps, 1):
        match = _STEP.fullmatch(step)
        where = f"step {index}, '{step[:40]}'" if len(steps) > 1 else f"'{step[:40]}'"
        if match is None:
            raise InputError(f"{where}: a step is a word and a number, like 'tower 12'")
        if match[1] not in _KINDS:
            near = get_close_matches(match[1], _KINDS, 1, 0.5)
            hint = f"did you mean '{near[0]} {match[2]}'?" if near else "use band, layer, tile and what stands there, like 'district 5'"
            raise InputError(f"{where}: there is no kind of place called '{match[1][:20]}'; {hint}")


def _nearest(text: str) -> str:
    """`did you mean …?` from the names of views and of kinds of places; empty where nothing is near."""
    named = get_close_matches(text, [*cards(), *(name.replace("-", " ") for name in cards())], 1, 0.7)
    found = named or get_close_matches(text, VIEWS, 1, 0.55)
    if found:
        return f"did you mean '{found[0]}'?"
    kinds = get_close_matches(text, _KINDS, 1, 0.6)
    return f"did you mean '{kinds[0]} 0'? A place has a number" if kinds else ""


def _unseeded(message: str, seed: int) -> str:
    """A message about an address as the person wrote it: without the seed, which goes without saying."""
    return message.replace(f"seed {seed} / ", "").replace(f"seed {seed}", "the City")
