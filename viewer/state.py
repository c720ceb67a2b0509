"""ViewState: everything that decides the picture, in one frozen value. Undo, links, sessions and scripts are made of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from geometry.spec import CitySpec
from viewer import styles
from viewer.camera import Camera, Vector

ORBITS = "orbits"
"""What is laid over a view that is no power: where the bodies moved (viewer.lore.orbits)."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Hide what lies on the side the normal points to."""

    point: Vector
    """World metres."""
    normal: Vector


@dataclass(frozen=True, slots=True)
class Wedge:
    """Hide what lies between two half planes through the City's axis (z), from `start` to `start + angle` degrees."""

    start: float = -45.0
    angle: float = 90.0
    tilt: float = 0.0
    """Degrees: above zero only what is above the equatorial plane tilted by this much is hidden too."""


@dataclass(frozen=True, slots=True)
class Shells:
    """Show only what lies between two radii, metres."""

    inner: float
    outer: float


Cut = Plane | Wedge | Shells


@dataclass(frozen=True, slots=True)
class ViewState:
    """What is shown and how."""

    city: CitySpec = field(default_factory=CitySpec)
    camera: Camera = field(default_factory=lambda: Camera((1.2e12, -1.2e12, 0.8e12), (0.0, 0.0, 0.0)))
    hour: float = 12.0
    """Local hour of a place with phase 0, [0, 24)."""
    year: float = 0.0
    """Years since now; what is younger is not drawn."""
    cuts: tuple[Cut, ...] = ()
    """Applied together; each hides something."""
    peel: int = 0
    """How many drawn strata are taken off from outside."""
    isolated: int | None = None
    """Index of the one drawn stratum to show, or None for all."""
    explode: float = 0.0
    """How far strata are pulled apart along z, in parts of the City's radius."""
    style: str = styles.DEFAULT
    tuned: tuple[tuple[str, float], ...] = ()
    """Numbers of the style that are set otherwise: names of viewer.styles.PARAMETERS, in their order."""
    haze: float = 1.0
    """Strength of the haze, 1 by default."""
    detail: float = 1.0
    """Higher unfolds more: 2 refines at half the projected size."""
    hidden: tuple[str, ...] = ()
    """Addresses, without the seed, of places that are not drawn."""
    figure: bool = True
    """Draw the human figure for scale."""
    emitter: int = 3
    """Power of the Gravitational Beam Emitter, 1 to 5: geometry.scar.POWERS."""
    power: str = ""
    """What is laid over the picture: the strength of a power, a name of geometry.fields.FIELDS, or `orbits`; nothing if empty."""
    beta: float = 0.0
    """How fast the eye moves out from the centre, in parts of light's speed: what it sees is bent and tinted by that (canon S72, E55)."""
    lost: bool = False
    """Show nothing that says where one is, how far, or how large things are (canon S68)."""
