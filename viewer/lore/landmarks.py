"""The landmarks' cards and the views of them: what canon says, how sure it is, what is our choice, and where to stand. Pure.

`assets/landmarks.toml` holds them all. A view stands in the landmark's own frame, or in that of a place within it (`at`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from functools import cache

from assets import path
from geometry.address import Address, AddressError
from geometry.city import City
from geometry.landmarks import PREFIX, address_of, names
from geometry.place import Place
from geometry.spec import CitySpec
from viewer.camera import look
from viewer.errors import InputError
from viewer.journey.tour import Key, Tour, cut_to, through
from viewer.lore.canon import CERTAINTY
from viewer.parting import within
from viewer.state import ViewState

Triple = tuple[float, float, float]
STAY_S, DARK_S = 6.0, 1.6
"""Seconds a tour stays at a landmark, and takes to get dark and light again at the next."""
_LOOKS = 0.06
"""Radians to either side that it looks there."""


@dataclass(frozen=True, slots=True)
class Card:
    """A landmark as a person reads of it, and the picture of it."""

    name: str
    title: str
    rows: str
    """Rows of the canon table."""
    certainty: str
    """A said in the story, A+ said twice, B and C by readers, D theory, ? our own choice."""
    text: str
    """What canon says, in our own words."""
    choice: str
    """What canon leaves open and we chose."""
    eye: Triple
    focus: Triple
    """Metres in the frame of the place that the view stands in, or parts of its box where `shares` is set."""
    at: str = ""
    """Steps from the landmark down to that place; empty for the landmark itself."""
    shares: bool = False
    fov: float = 60.0
    reach: float = 0.0
    """Metres to which the focus is moved out, and with it how far the haze lets see."""
    hour: float = 12.0
    """The place's own."""
    haze: float = 1.0
    style: str = "concrete"
    size: str = "640x400"
    """Of its picture in the documents, pixels."""

    @property
    def source(self) -> str:
        """The rows and how sure they are: `S13, P20 · said twice`."""
        return f"{self.rows} · {CERTAINTY.get(self.certainty, self.certainty)}"

    @property
    def tooltip(self) -> str:
        """All of the card as plain text."""
        return f"{self.text}\n{self.source}\nOur choice: {self.choice}"


@cache
def cards() -> dict[str, Card]:
    """All landmarks by name, in the order of the file."""
    table = tomllib.loads(path("landmarks.toml").read_text(encoding="utf-8"))
    known = {field.name for field in fields(Card)}
    found = {}
    for row in table["landmark"]:
        unknown = sorted(set(row) - known)
        if unknown:
            raise ValueError(f"landmarks.toml: {row.get('name')}: there is no '{unknown[0]}'")
        row |= {name: tuple(float(v) for v in row[name]) for name in ("eye", "focus")}
        found[row["name"]] = Card(**row)
    return found


def name_in(text: str) -> str | None:
    """The landmark that a text names, with or without `landmark/` before it: by its name or its title. None if it names none."""
    bare = text.strip().lower().removeprefix(PREFIX)
    plain = " ".join(bare.replace("-", " ").split()).removeprefix("the ")
    for name, card in cards().items():
        if plain in (name.replace("-", " "), " ".join(card.title.lower().replace("-", " ").split()).removeprefix("the ")):
            return name
    return None


def view_of(spec: CitySpec, name: str) -> ViewState:
    """The picture of a landmark. Raises InputError where this City has none of that name."""
    card = cards().get(name)
    try:
        there = City(spec).at(PREFIX + name + (f" / {card.at}" if card and card.at else ""))
    except AddressError as error:
        raise InputError(str(error.args[0])) from None
    assert card is not None
    from viewer.vantage import standing  # loads rules that a card needs not

    eye, focus = (_metres(there, card, at) for at in (card.eye, card.focus))
    found = standing(spec, there, eye, focus, fov=card.fov, reach=card.reach, hour=card.hour, haze=card.haze)
    return replace(found, style=card.style)


def _metres(place: Place, card: Card, at: Triple) -> Triple:
    x, y, z = (a * b for a, b in zip(at, place.size, strict=True)) if card.shares else at
    return (x, y, z)


def titles(spec: CitySpec) -> list[tuple[str, Card]]:
    """(name, card) of each landmark that stands in this City."""
    there = set(names(spec))
    return [(name, card) for name, card in cards().items() if name in there]


def card_at(spec: CitySpec, address: Address) -> Card | None:
    """The card of the landmark that an address lies in, if it lies in one."""
    holding = [name for name, _ in titles(spec) if within(address, address_of(spec, PREFIX + name))]
    return cards()[max(holding, key=lambda name: len(address_of(spec, PREFIX + name).steps))] if holding else None


def tour(spec: CitySpec) -> Tour:
    """From landmark to landmark, with a cut in the dark between them: they lie millions of kilometres of walls apart. At each the eye looks
    slowly round from where its picture is taken. Raises InputError where there are fewer than two."""
    keys, at = list[Key](), 0.0
    for name, _ in titles(spec):
        state = view_of(spec, name)
        first, last = (replace(state, camera=look(state.camera, sign * _LOOKS, 0.0)) for sign in (-1.0, 1.0))
        keys += [Key(at, first, cut_to(keys[-1].state, first) if keys else None), Key(at + STAY_S, last)]
        at += STAY_S + DARK_S
    return through(tuple(keys))
