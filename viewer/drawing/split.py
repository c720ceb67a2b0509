"""Which instances a cut touches, and which are large: what no cut touches is drawn by shaders that know of none. No VTK here.

A closed solid that lies wholly outside what the cuts hide shows its front alone, so its back is not drawn either: on a software driver
that is the greater part of a picture's time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from geometry.angle import matrix
from geometry.bore import NONE, Capsules, apart
from geometry.solids import prototypes, triangle_counts
from viewer.drawing.uniforms import NOWHERE, ball_rows, cut_rows
from viewer.scene import Instances, Surface
from viewer.state import Cut

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]
_LOOSE, _KERF = 1.001, 6.0e-6
"""How much larger a part is taken for than it is, in parts of its size and of its distance: a cut's kerf belongs to it."""
_ABOUT = 1.5
"""An eye within this many radii of a part may get into it before the next content comes."""

_SEEN = 5.0e-4
"""Where the radius of a bore is a smaller part of the distance than this, it is not cut into what is there: it is no wider than a pixel."""

PLATE_RUNS = 4


class Side(Enum):
    """Which sides of its parts a run draws, and whether its shader knows the cuts."""

    WHOLE = "WHOLE"
    """The front alone, without cuts: none touches them."""
    WITHIN = "WITHIN"
    """Both sides, without cuts: none touches them, and the eye may be within."""
    FRONT = "FRONT"
    """The front of what a cut touches; another run draws its back."""
    BACK = "BACK"
    """The back of what a cut touches: where it is seen through the cut, the section's face is drawn."""
    BOTH = "BOTH"
    """Both sides of what a cut touches or hides."""

    @property
    def knows_cuts(self) -> bool:
        """Whether its shader asks each pixel for the cuts: from within a solid that none touches, none lies before its wall."""
        return self not in (Side.WHOLE, Side.WITHIN)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Instances drawn in one go."""

    rows: Rows
    """Their numbers in the content, rising."""
    side: Side
    hidden: bool
    """The cuts hide all of them."""
    small: bool
    """A picture that moves does without them."""
    triangles: int
    faceted: bool = False
    """All of their faces are level: what is asked of a pixel elsewhere, is asked of a corner."""


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """Boxes about an anchor, which cuts are held against."""

    middle: F64
    """(n, 3) metres from the anchor."""
    edges: F64
    """(n, 3, 3) half of each edge of a box as a vector; first index after the box's is the world axis."""


@lru_cache(maxsize=1)
def faceted() -> Mask:
    """(k,) which prototypes have level faces alone: one normal a triangle."""
    normals = (mesh.normals[mesh.triangles] for mesh in prototypes())
    return np.array([bool(np.abs(each - each[:, :1]).max() < 1e-4) for each in normals])


def boxes(instances: Instances) -> Boxes:
    """The boxes of parts."""
    half = 0.5 * _LOOSE * instances.scale.astype(np.float64)
    return Boxes(instances.position.astype(np.float64), matrix(instances.rotation) * half[:, None, :])


def touched(what: Boxes, anchor: F64, cuts: tuple[Cut, ...], bores: Capsules = NONE) -> tuple[Mask, Mask]:
    """(n,) which boxes no cut touches, and (n,) which the cuts hide wholly, for an eye near the anchor."""
    middle = what.middle
    kerf = _KERF * np.sqrt((middle * middle).sum(axis=1))
    free, gone = np.ones(len(middle), bool), np.zeros(len(middle), bool)
    for row in cut_rows(cuts, anchor):
        outside, inside = np.zeros(len(middle), bool), np.ones(len(middle), bool)
        for a, b, c, height in (plane for plane in row if plane != NOWHERE):
            normal = np.array([a, b, c])
            reach = np.abs(np.einsum("i,nij->nj", normal, what.edges)).sum(axis=1) + kerf
            heights = middle @ normal + height
            outside |= heights < -reach
            inside &= heights > reach
        free, gone = free & outside, gone | inside
    radius = np.sqrt((what.edges**2).sum(axis=(1, 2))) + kerf
    away = np.sqrt(((middle + anchor) ** 2).sum(axis=1))
    for _, _, side, shell in ball_rows(cuts, anchor):
        free &= side * (away - shell) < -radius
        gone |= side * (away - shell) > radius
    if len(bores):
        free &= apart(middle, what.edges * (1.0 + _KERF), _as_far_as_seen(bores, anchor)).all(axis=0)
    return free, gone


def _as_far_as_seen(bores: Capsules, anchor: F64) -> Capsules:
    """Bores about an anchor, a little wider than they are, to where they are as narrow as a pixel."""
    start, end, course = bores.start - anchor, bores.end - anchor, bores.course
    beside = np.maximum(-(start * course).sum(axis=1), 0.0)
    long = np.minimum(((end - start) * course).sum(axis=1), beside + bores.radius / _SEEN)
    return replace(bores, start=start, end=start + long[:, None] * course, radius=bores.radius * _LOOSE + 0.01)


def about_eye(what: Boxes) -> Mask:
    """(n,) which boxes the eye is in, or may soon get into. Halls are hewn out of what stands for their tower from afar: seen from
    within, its back is their wall."""
    return np.asarray((what.middle**2).sum(axis=1) < _ABOUT**2 * (what.edges**2).sum(axis=(1, 2)))


def largest(instances: Instances, among: Mask, most: int) -> Mask:
    """(n,) which of some instances look largest from the anchor, of about `most` triangles together."""
    position, scale = instances.position, instances.scale
    width = (scale * scale).sum(axis=1) / np.maximum((position * position).sum(axis=1), np.float32(1e-12))
    cost = np.where(among, triangle_counts()[instances.prototype], 0)
    order = np.argsort(-width, kind="stable")
    large = np.zeros(len(width), bool)
    large[order] = np.cumsum(cost[order]) <= most
    return large


def _chunks(rows: Rows, cost: NDArray[np.intp], most: int) -> list[Rows]:
    """Rows in even chunks of about `most` triangles."""
    if not len(rows):
        return []
    total = np.cumsum(cost[rows])
    count = -(-int(total[-1]) // most)
    edges = [0, *np.searchsorted(total, [total[-1] * i // count for i in range(1, count)]).tolist(), len(rows)]
    return [rows[start:end] for start, end in pairwise(edges) if end > start]


def runs(instances: Instances, anchor: F64, cuts: tuple[Cut, ...], bores: Capsules = NONE, *, moving: int, most: int) -> list[Run]:
    """All instances in runs of about `most` triangles: large before small, untouched before cut, faceted before round; `moving` triangles
    are the large ones."""
    what = boxes(instances)
    free, gone = touched(what, anchor, cuts, bores)
    near = about_eye(what)
    large, level = largest(instances, ~gone, moving), faceted()[instances.prototype]
    cost = triangle_counts()[instances.prototype]
    cut = ~free & ~gone
    sorts: tuple[tuple[Mask, tuple[Side, ...]], ...] = (
        (free & ~near, (Side.WHOLE,)),
        (free & near, (Side.WITHIN,)),
        (cut, (Side.FRONT, Side.BACK)),
        (gone, (Side.BOTH,)),
    )
    found = []
    for among, sides in sorts:
        for small, round_ in product((False, True), repeat=2):
            for rows in _chunks(np.flatnonzero(among & (large != small) & (level != round_)), cost, most):
                hidden = bool(gone[rows[0]])
                found += [Run(rows, side, hidden, small, int(cost[rows].sum()), not round_) for side in sides]
    return found


def plate_runs(surface: Surface, anchor: F64, cuts: tuple[Cut, ...], bores: Capsules = NONE) -> list[Run]:
    """The triangles of the plates in runs, at most PLATE_RUNS. A plate goes on from cell to cell: the section's face of one may be seen
    on the back of another, so all backs are drawn."""
    corners = surface.points.astype(np.float64)[surface.triangles]
    middle = corners.mean(axis=1)
    free, gone = touched(Boxes(middle, np.swapaxes(corners - middle[:, None], 1, 2)), anchor, cuts, bores)
    sorts = (
        [(free, Side.WHOLE), (~free & ~gone, Side.FRONT), (~gone, Side.BACK), (gone, Side.BOTH)]
        if cuts or not (free | gone).all()
        else [(free, Side.WITHIN)]
    )
    chosen = [(np.flatnonzero(among), side) for among, side in sorts if among.any()]
    return [Run(rows, side, side is Side.BOTH and bool(cuts), False, len(rows)) for rows, side in chosen]
