"""Addresses: the one text form by which every place of the City is named.

    seed 40 / band 7.16.5 / layer 102345 / tile 3-022222222222222122222 / district 7

An address prints and parses to itself. Bands, layers and tiles name a cell of the nested spheres; each later
step names a child of the place before it. An address without a seed is one in whatever City it is asked of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from geometry.key import derive

MAX_STEPS = 64
_CELLS = ("seed", "band", "layer", "tile")
_STEP = re.compile(r"(?P<kind>[a-z][a-z-]{0,31}) (?P<label>[0-9]+(?:[.-][0-9]+)*)")


class AddressError(ValueError):
    """The text is not an address; the message says where."""


@dataclass(frozen=True, slots=True)
class Address:
    """A seed, the cell (bands, layer, face and quadrants) and the steps below it."""

    seed: int | None
    """None where the text names none; the addresses of places always have one."""
    bands: tuple[int, ...] = ()
    layer: int | None = None
    tile: tuple[int, ...] = ()
    """Cube face (0-5), then quadrants (0-3), one a level."""
    steps: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        words = [] if self.seed is None else [f"seed {self.seed}"]
        if self.bands:
            words.append("band " + ".".join(map(str, self.bands)))
        if self.layer is not None:
            words.append(f"layer {self.layer}")
        if self.tile:
            words.append(f"tile {self.tile[0]}-" + "".join(map(str, self.tile[1:])) if self.tile[1:] else f"tile {self.tile[0]}")
        words += [f"{kind} {number}" for kind, number in self.steps]
        return " / ".join(words)

    def child(self, kind: str, number: int) -> Address:
        """The address of child `kind number`."""
        return Address(self.seed, self.bands, self.layer, self.tile, (*self.steps, (kind, number)))

    @property
    def key(self) -> int:
        """The 64-bit key of this address: a fold of `derive` over its steps. Raises AddressError without a seed."""
        if self.seed is None:
            raise AddressError(f"{self}: has no seed; begin it with one, like 'seed 40'")
        key = derive(0, "seed", self.seed)
        for band in self.bands:
            key = derive(key, "band", band)
        if self.layer is not None:
            key = derive(key, "layer", self.layer)
        for quadrant in self.tile:
            key = derive(key, "tile", quadrant)
        for kind, number in self.steps:
            key = derive(key, kind, number)
        return key


def parse(text: str) -> Address:
    """Read an address; AddressError names the step that is wrong."""
    words = [word.strip() for word in text.strip().split("/") if word.strip()]
    if len(words) > MAX_STEPS:
        raise AddressError(f"address has {len(words)} steps; at most {MAX_STEPS} are allowed")
    seed: int | None = None
    layer: int | None = None
    bands: tuple[int, ...] = ()
    tile: tuple[int, ...] = ()
    steps: list[tuple[str, int]] = []
    for index, text_step in enumerate(words, 1):
        match = _STEP.fullmatch(text_step)
        if match is None or len(match["label"]) > 200:
            raise AddressError(f"address step {index} '{text_step[:40]}' is no step; write a word and a number, like 'tower 12'")
        kind, label = match["kind"], match["label"]
        near = [] if steps or kind in _CELLS else get_close_matches(kind, _CELLS, 1)
        if near and ("-" in label or "." in label):
            raise AddressError(f"address step {index} '{text_step[:40]}' is no step; did you mean '{near[0]} {label[:40]}'?")
        if kind == "tile" and not steps:
            tile = _tile(label, index)
            continue
        numbers = tuple(_number(piece, index) for piece in label.split("."))
        if kind == "band" and not steps:
            bands = numbers
        elif len(numbers) != 1:
            raise AddressError(f"address step {index} '{text_step[:40]}' has several numbers; write one, like 'tower 12'")
        elif kind == "seed" and index == 1:
            seed = numbers[0]
        elif kind == "layer" and not steps:
            layer = numbers[0]
        else:
            steps.append((kind, numbers[0]))
    return Address(seed, bands, layer, tile, tuple(steps))


def _number(piece: str, index: int) -> int:
    if not piece.isdecimal() or len(piece) > 19:
        raise AddressError(f"address step {index}: '{piece[:20]}' is not a number below 1e19; write a smaller one")
    return int(piece)


def _tile(label: str, index: int) -> tuple[int, ...]:
    face, _, quadrants = label.partition("-")
    digits = (face + quadrants).replace("-", "")
    if len(face) != 1 or face not in "012345" or set(quadrants) - set("0123") or len(quadrants) > 48:
        raise AddressError(f"address step {index}: tile '{label[:40]}' is not a face 0-5 and quadrants 0-3; write one like 3-0213")
    return tuple(int(digit) for digit in digits)
