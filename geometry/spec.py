"""CitySpec: the few numbers a whole City grows from. Each field is declared once, with all that anybody asks of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec


def _field(help_text: str, *, unit: str = "", canon: str = "", certainty: str = "?", **limits: Any) -> msgspec.Meta:
    """A field's range, help, unit, canon row and certainty (canon.md's letters; ? is our own choice)."""
    return msgspec.Meta(description=help_text, extra={"unit": unit, "canon": canon, "certainty": certainty}, **limits)


class CitySpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Seed, sizes and habits of one City. Equal specifications grow equal Cities."""

    seed: Annotated[int, _field("Which of all possible Cities this is.", ge=0, lt=2**63)] = 40
    radius_km: Annotated[
        float, _field("Radius of the outermost layer.", unit="km", canon="S03", certainty="A+", ge=7.0e3, le=1.0e12)
    ] = 8.0e8
    layers: Annotated[int, _field("How many layers there are.", canon="E04", certainty="X", ge=1, le=10_000_000)] = 160_000
    drawn_layers: Annotated[
        int, _field("How many strata are told apart from afar; each bundles the layers between.", canon="E05", ge=1, le=64)
    ] = 12
    spacing: Annotated[
        Literal["linear", "geometric"], _field("How layer heights grow outward.", canon="S36", certainty="A")
    ] = "linear"
    core_km: Annotated[
        float, _field("Radius of the innermost floor: Earth, where the City began.", unit="km", canon="S25", certainty="A+", ge=1.0)
    ] = 6371.0
    fill: Annotated[
        float, _field("Solid part of a drawn stratum; the rest is the void below it.", canon="P10", ge=0.05, le=0.95)
    ] = 0.45
    memory_fragmentation: Annotated[
        float, _field("How badly Builders remember: 0 copies, 1 shreds.", canon="S49", ge=0.0, le=1.0)
    ] = 0.6
    day_length_h: Annotated[float, _field("Length of a layer's day.", unit="h", canon="S60", gt=0.0, le=1.0e6)] = 24.0
    day_duty: Annotated[float, _field("Part of the day in which ceilings are lit.", canon="S60", gt=0.0, le=1.0)] = 0.5
    phase_per_layer_h: Annotated[
        float, _field("How much later the day begins on the next layer out.", unit="h", canon="S60", ge=0.0, le=24.0)
    ] = 0.7
