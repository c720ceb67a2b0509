"""A kit: a work of the Megastructure in a unit box, made once by a clan and then only laid out, at any size.

A repertoire is what a clan can make: it knows a few kits of each form.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.angle import QUARTER_TURNS, multiply, rotate
from geometry.key import Stream, derive
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join, parts
from geometry.solids import PROTOTYPE_IDS

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
KNOWN = 4
"""Kits of a form that a clan knows."""
SIDES = (-1.0, 1.0)
_GIRDER = 5.0
"""How many times as long as high a length of girder is: it has four bays."""


class Piece(NamedTuple):
    """A part of a kit, in a box from (-1/2, -1/2, 0) to (1/2, 1/2, 1)."""

    solid: str
    at: tuple[float, float, float]
    """Its middle."""
    size: tuple[float, float, float]
    """Along the box's axes."""
    stuff: Material = Material.CONCRETE
    quarters: int = 0
    """By how many quarters it is turned about z."""


class Repertoire(NamedTuple):
    """What a clan can make."""

    name: str
    """Keys of kits are derived by it."""
    forms: tuple[Callable[[Stream], list[Piece]], ...]


class Sites(NamedTuple):
    """n works: which, and where they stand, metres on a flat plot."""

    form: I64
    """Which of a repertoire."""
    key: NDArray[np.uint64]
    foot: F64
    """(n, 3) the middles of their floors."""
    size: F64
    """(n, 3) along their own axes."""
    quarters: I64
    """By how many quarters they are turned about z."""


def laid(sites: Sites, of: Repertoire, clan: int, light: Material) -> Parts:
    """The parts of some works of a repertoire, raised by a clan; its lamps burn with `light`."""
    if not len(sites.form):
        return EMPTY
    number = (sites.key % np.uint64(KNOWN)).tolist()
    kits = [kit(of, clan, form, which) for form, which in zip(sites.form.tolist(), number, strict=True)]
    row = np.repeat(np.arange(len(kits)), [len(made.whole) for made in kits])
    whole, crosswise = join(made.whole for made in kits), np.concatenate([made.crosswise for made in kits])
    turn, size = QUARTER_TURNS["z"][sites.quarters % 4][row], sites.size[row]
    across = np.where(crosswise[:, None], size[:, [1, 0, 2]], size)
    stuff = np.where(whole.material == Material.COLD_LIGHT, np.uint8(light), whole.material)
    tone = (sites.key >> np.uint64(8))[row] + whole.tint.astype(np.uint64)
    return parts(
        whole.prototype,
        rotate(turn, whole.position * size) + sites.foot[row],
        whole.scale * across,
        stuff,
        rotation=multiply(turn, whole.rotation),
        exposure=whole.exposure,
        tint=tone % np.uint64(256),
    )


class Kit(NamedTuple):
    """One work in a unit box."""

    whole: Parts
    crosswise: NDArray[np.bool_]
    """(n,) which parts lie across the box: their length is along its y."""


@lru_cache(maxsize=512)
def kit(of: Repertoire, clan: int, form: int, number: int) -> Kit:
    """The `number`-th work of a form that a clan knows."""
    stream = Stream(derive(derive(clan, of.name, form), "kit", number))
    pieces = of.forms[form](stream)
    at, size = np.array([piece.at for piece in pieces]), np.array([piece.size for piece in pieces])
    quarters, stuff = np.array([piece.quarters for piece in pieces]), np.array([int(piece.stuff) for piece in pieces])
    crosswise = quarters % 2 == 1
    lit = np.where(stuff == Material.COLD_LIGHT, 255.0, np.minimum(150.0 + 70.0 * at[:, 2], 220.0))
    whole = parts(
        [PROTOTYPE_IDS[piece.solid] for piece in pieces],
        at,
        np.where(crosswise[:, None], size[:, [1, 0, 2]], size),
        stuff,
        rotation=QUARTER_TURNS["z"][quarters],
        exposure=lit.astype(np.uint8),
        tint=stream.bits("tone", len(pieces)) % np.uint64(64),
    )
    return Kit(whole, crosswise)


def lamp(at: tuple[float, float, float], size: tuple[float, float, float]) -> Piece:
    return Piece("box", at, size, Material.COLD_LIGHT)


def girder(at: tuple[float, float, float], size: tuple[float, float, float]) -> list[Piece]:
    """A box girder along x or y, as lengths with bays as long as they are high."""
    along = 0 if size[0] > size[1] else 1
    count = max(1, round(size[along] / (_GIRDER * max(size[1 - along], size[2]))))
    step = size[along] / count
    starts = [at[along] + step * (number + 0.5 - count / 2.0) for number in range(count)]
    if along == 0:
        return [Piece("truss", (start, at[1], at[2]), (step, size[1], size[2]), Material.DARK_STEEL) for start in starts]
    return [Piece("truss", (at[0], start, at[2]), (size[0], step, size[2]), Material.DARK_STEEL, 1) for start in starts]


def derrick(at: tuple[float, float], low: float, high: float, thick: float, reach: float) -> list[Piece]:
    """A Builders' crane: a mast, a girder across its head, a weight at one end and a load on ropes at the other."""
    x, y = at
    out = -1.0 if x > 0.0 else 1.0
    head = high - 2.0 * thick
    tip = x + out * 0.62 * reach
    load = low + 0.45 * (head - low)
    return [
        Piece("cross", (x, y, (low + high) / 2), (thick, thick, high - low), Material.DARK_STEEL),
        *girder((x + out * 0.22 * reach, y, head), (reach, thick, thick)),
        Piece("box", (x - out * 0.24 * reach, y, head - thick), (2.0 * thick, 1.6 * thick, 2.0 * thick), Material.MEGASTRUCTURE),
        Piece("box", (tip, y, (head + load) / 2), (0.15 * thick, 0.15 * thick, head - load), Material.CABLE),
        Piece("box", (tip, y, load), (1.6 * thick, 1.6 * thick, 1.2 * thick), Material.BUILDER),
        Piece("box", (x, y, high), (0.5 * thick, 0.5 * thick, 0.4 * thick), Material.WARM_LIGHT),
    ]
