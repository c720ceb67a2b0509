"""The scene: what a ViewState shows, as plain arrays. No VTK here; the renderer compares scenes and applies what changed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geometry.bore import NONE, Capsules
from viewer.camera import Camera
from viewer.history import Times
from viewer.moment import Shot
from viewer.motion import Motion
from viewer.state import Cut
from viewer.styles import Style

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]
LIVE_TRIANGLES = 400_000
"""Triangles of a picture that is at rest in the window."""


@dataclass(frozen=True, slots=True, eq=False)
class Instances:
    """Prototype instances to draw, relative to the content's anchor."""

    prototype: U8
    """(n,) index into geometry.solids.PROTOTYPES."""
    position: F32
    """(n, 3) metres from the anchor, world axes."""
    rotation: F32
    """(n, 4) quaternions w, x, y, z to world axes."""
    scale: F32
    """(n, 3) metres."""
    look: U8
    """(n, 4) material, exposure, tint, day phase (0-255 for a whole day)."""
    born: F32 | None = None
    """(n,) the year in which each is whole; None in a content of now, where all stand."""
    gone: F32 | None = None
    """(n,) the year from which each is no more."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """One merged mesh (the curved plates), relative to the content's anchor."""

    points: F32
    """(n, 3) metres from the anchor, world axes."""
    normals: F32
    """(n, 3)."""
    triangles: I32
    """(m, 3)."""
    look: U8
    """(n, 4) material, exposure, tint, day phase, a vertex."""
    born: F32 | None = None
    """(n,) the year in which it is closed there; None in a content of now."""
    gone: F32 | None = None
    """(n,) the year from which it is no more."""


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What stands there: compared by identity, so the same content is never uploaded twice."""

    anchor: F64
    """(3,) world metres; near the eye the content was cut for."""
    instances: Instances
    surface: Surface
    triangles: int
    """How many triangles this draws."""
    indoors: bool = False
    """Whether the anchor is in a room: no ceiling of lamps lights the air there."""
    finest: float = 0.0
    """Radians across below which parts were left out; 0 where none were. Lamps that look hardly wider light hardly anything yet."""
    sides: F64 = field(default_factory=lambda: np.zeros((0, 3)))
    """(k, 3) inward unit normals of what bounds the picture it was cut for: lamps out of it count less."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the shaders need beside the content. Changing it uploads nothing but uniforms."""

    hour: float
    style: Style
    duty: float
    """Part of the day in which ceilings are lit, (0, 1]."""
    lag: float
    """Part of a day by which a stratum's day begins after that of the one within."""
    haze_length: float
    """Metres in which the haze takes 63 % of what is seen, at the scale of this view."""
    haze_height: float
    """Scale height of the haze above `floor_radius`, metres."""
    floor_radius: float
    """Radius of the ground below the eye, metres."""
    gain: float = 1.0
    """Exposure of the picture."""
    indoors: bool = False
    """True in a hall, a corridor or a room, whose air the day does not reach."""
    inside: bool = False
    """True within the City: the background is haze; outside it is the dark with stars (canon S14)."""
    times: Times = field(default_factory=Times)
    """The year, for contents that hold more than now."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture to draw."""

    content: Content
    camera: Camera
    look: Look
    cuts: tuple[Cut, ...] = ()
    shell_radii: tuple[float, ...] = ()
    """Outer radii of the drawn strata, rising, metres: for peel, explode and the strata lines of the section."""
    explode: float = 0.0
    """Metres by which strata are pulled apart along z, times their index."""
    motion: Motion | None = None
    """The passenger for whom the picture is bent; `camera` is then the wide one that it is bent from."""
    bores: Capsules = NONE
    """What shots have left, as much of it as looks large from the content's anchor: compared by identity."""
    shot: Shot | None = None
    """The light of a shot while it is fired."""
    heat: float = 0.0
    """How much the walls of bores glow, 0 to 1: those of a shot just fired."""
