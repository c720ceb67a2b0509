"""Light of a ceiling through its layer's day. The same curve is in assets/shaders/common.glsl; a test draws both and compares."""

from __future__ import annotations

DAY = 24.0
DUSK = 0.5
"""Hours a ceiling takes to go on or off."""


def coded(phase: float) -> int:
    """A place's day phase [0, 1) as it goes to the graphics card: 0-255."""
    return int(phase * 256.0) % 256


def local_hour(hour: float, phase: int) -> float:
    """Hour of a place whose day phase is 0-255 (256ths of a day), where a place of phase 0 has `hour`."""
    return (hour + phase / 256.0 * DAY) % DAY


def daylight(hour: float, duty: float) -> float:
    """0 (dark) to 1 (lit) at a local hour; lit for the share `duty` (0, 1] of the day around noon, half way at its two ends."""
    if duty >= 1.0:
        return 1.0
    away = abs(hour % DAY - DAY / 2)
    t = min(max((DAY / 2 * duty - away) / DUSK + 0.5, 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)
