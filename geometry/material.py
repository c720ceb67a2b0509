"""Materials: what a part is made of, and when it shines. Colours are linear RGB, emission in relative luminance."""

from __future__ import annotations

from enum import IntEnum
from typing import Literal, NamedTuple

Lit = Literal["never", "ceiling", "night", "always"]


class Material(IntEnum):
    """The City is concrete and steel (canon S64), plus what shines. The number is stored in `Parts.material`."""

    MEGASTRUCTURE = 0
    CONCRETE = 1
    OLD_CONCRETE = 2
    STEEL = 3
    DARK_STEEL = 4
    CABLE = 5
    LAMP = 6
    DWELLING = 7
    COLD_LIGHT = 8
    WARM_LIGHT = 9
    WATER = 10
    GROUND = 11
    BUILDER = 12
    FIGURE = 13
    RUST = 14
    PLANET = 15
    NET_LIGHT = 16
    SCORCHED = 17


class Finish(NamedTuple):
    """How a material looks. `lit` says when it emits: with its layer's day, at night in windows, or always."""

    colour: tuple[float, float, float]
    roughness: float
    metallic: float
    emission: tuple[float, float, float] = (0.0, 0.0, 0.0)
    strength: float = 0.0
    lit: Lit = "never"


FINISHES: dict[Material, Finish] = {
    Material.MEGASTRUCTURE: Finish((0.16, 0.17, 0.18), 0.55, 0.35),
    Material.CONCRETE: Finish((0.38, 0.38, 0.36), 0.90, 0.0),
    Material.OLD_CONCRETE: Finish((0.22, 0.22, 0.21), 0.95, 0.0),
    Material.STEEL: Finish((0.30, 0.32, 0.34), 0.50, 0.8),
    Material.DARK_STEEL: Finish((0.10, 0.11, 0.12), 0.60, 0.7),
    Material.CABLE: Finish((0.03, 0.03, 0.03), 0.80, 0.0),
    Material.LAMP: Finish((0.60, 0.63, 0.66), 0.60, 0.0, (0.86, 0.95, 1.00), 6.0, "ceiling"),
    Material.DWELLING: Finish((0.34, 0.34, 0.33), 0.85, 0.0, (1.00, 0.80, 0.52), 3.0, "night"),
    Material.COLD_LIGHT: Finish((0.60, 0.65, 0.70), 0.40, 0.0, (0.75, 0.92, 1.00), 10.0, "always"),
    Material.WARM_LIGHT: Finish((0.70, 0.60, 0.45), 0.40, 0.0, (1.00, 0.72, 0.38), 10.0, "always"),
    Material.WATER: Finish((0.03, 0.05, 0.06), 0.10, 0.0),
    Material.GROUND: Finish((0.26, 0.26, 0.25), 0.95, 0.0),
    Material.BUILDER: Finish((0.14, 0.14, 0.15), 0.40, 0.6),
    Material.FIGURE: Finish((0.015, 0.015, 0.018), 0.70, 0.0),
    Material.RUST: Finish((0.22, 0.13, 0.08), 0.95, 0.2),
    Material.PLANET: Finish((0.20, 0.21, 0.21), 0.90, 0.0),
    Material.NET_LIGHT: Finish((0.45, 0.62, 0.70), 0.40, 0.0, (0.45, 0.80, 1.00), 0.17, "always"),
    Material.SCORCHED: Finish((0.115, 0.108, 0.102), 0.32, 0.3),
}
