"""One moment of a shot of the Emitter, as numbers to draw."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.camera import Vector


@dataclass(frozen=True, slots=True)
class Shot:
    """One moment of a shot."""

    muzzle: Vector
    """World metres."""
    along: Vector
    """Unit."""
    wide: float
    """Half the line's width, metres."""
    reach: float
    """Metres."""
    light: float
    """Of the line, 0 to 1."""
    charge: float
    """Of the muzzle, 0 to 1."""
    ring: float
    """Radius of the ring that runs outward, metres."""
    ring_light: float
    dust: float
    """How much it hides, 0 to 1."""
    dust_wide: float
    """Metres."""
    heat: float
    """Of the walls, 0 to 1."""
    kick: float
    """Metres the eye is thrown back."""
    gain: float
    """Of the picture."""
