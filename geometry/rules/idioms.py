"""Idioms: with what the Megastructure is built at each of its scales, so that a view is told by its forms from one ten times wider.

A drawn stratum, a bundle of layers in it, a bundle in that and a single layer share their rules of composition (geometry/rules/stratum.py,
plateworks.py, sprawl.py) and differ in their words: canon's motif library (part 5) dealt out by scale. The dealing is our choice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from geometry.material import Material
from geometry.parts import Parts
from geometry.solids import PROTOTYPE_IDS


class Idiom(NamedTuple):
    """The prototypes, by what they serve."""

    rib: str
    """The beams of a plate's underside; runs along x."""
    lamp: str
    """What lights the floor from its coffers."""
    ridge: str
    """The arteries that join cell to cell; runs along x."""
    spine: str
    """The spans that cross a plot; runs along x."""
    pier: str
    """What bears spans, and stands alone as a mast."""
    works: tuple[str, str, str]
    """What stands in rows: tanks, vents, stores."""
    mass: tuple[tuple[str, float], ...]
    """What takes the place of plain boxes in masses, and in which part of them."""
    light: Material
    """Of the lamps along arteries and kerbs."""


IDIOMS: tuple[Idiom, ...] = (
    Idiom(
        "beam", "box", "chamfer", "lattice", "cross", ("dome", "ring", "frustum"), (("cross", 0.15), ("chamfer", 0.1)), Material.WARM_LIGHT
    ),
    Idiom(
        "beam", "prism", "pipe", "pipe", "banded_drum", ("drum", "cone", "tube"), (("chamfer", 0.3), ("drum", 0.04)), Material.COLD_LIGHT
    ),
    Idiom(
        "chamfer", "ring", "vault", "truss", "frame", ("stack", "fan", "grille"), (("stack", 0.18), ("frustum", 0.1)), Material.WARM_LIGHT
    ),
    Idiom("box", "box", "box", "truss", "arch", ("stack", "louvre", "drum"), (), Material.COLD_LIGHT),
)
"""Of a drawn stratum, of a bundle in it, of a bundle in that, and of a single layer."""


def idiom_of(bands: tuple[int, ...], single: bool) -> Idiom:
    """The idiom of a cell: by how many bundles it lies in, and whether it is one layer's."""
    return IDIOMS[-1] if single else IDIOMS[min(len(bands), len(IDIOMS) - 1) - 1]


def in_idiom(made: Parts, own: Idiom) -> Parts:
    """Masses with some of their plain boxes as what this scale builds of. What takes a box's place fills its top and its foot, so that
    what stands on it still does."""
    if not own.mass or not len(made):
        return made
    boxes = made.prototype == PROTOTYPE_IDS["box"]
    draw = (made.tint.astype(np.float32) + np.float32(0.5)) / np.float32(256.0)
    solid, low = made.prototype.copy(), 0.0
    for name, share in own.mass:
        solid[boxes & (draw >= low) & (draw < low + share)] = PROTOTYPE_IDS[name]
        low += share
    return replace(made, prototype=solid)
