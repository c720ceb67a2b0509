"""CitySpec: the few numbers a whole City grows from. Each field is declared once, with all that anybody asks of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Literal, get_args

import msgspec

from geometry.scar import MOST_SCARS, Scar


class SpecError(ValueError):
    """A specification that no City can grow from. `key` names the field; the text says what is wrong and what to do."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(f"{key}: {what}")
        self.key = key
        self.what = what


def _field(help_text: str, *, unit: str = "", canon: str = "", certainty: str = "?", **limits: Any) -> msgspec.Meta:
    """A field's range, help, unit, canon row and certainty (canon.md's letters; ? is our own choice)."""
    return msgspec.Meta(description=help_text, extra={"unit": unit, "canon": canon, "certainty": certainty}, **limits)


class CitySpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Seed, sizes and habits of one City. Equal specifications grow equal Cities. Raises SpecError for a value out of its range."""

    seed: Annotated[int, _field("Which of all possible Cities this is.", ge=0, le=2**63 - 1)] = 40
    radius_km: Annotated[float, _field("Radius of the outermost layer.", unit="km", canon="S03", certainty="A+", ge=7.0e3, le=1.0e12)] = (
        8.0e8
    )
    layers: Annotated[int, _field("How many layers there are.", canon="E04", certainty="X", ge=1, le=10_000_000)] = 160_000
    drawn_layers: Annotated[
        int, _field("How many strata are told apart from afar; each bundles the layers between.", canon="E05", ge=1, le=64)
    ] = 12
    spacing: Annotated[Literal["linear", "geometric"], _field("How layer heights grow outward.", canon="S36", certainty="A")] = "linear"
    core_km: Annotated[
        float,
        _field("Radius of the innermost floor: Earth, where the City began.", unit="km", canon="S25", certainty="A+", ge=1.0, le=1.0e12),
    ] = 6371.0
    fill: Annotated[float, _field("Solid part of a drawn stratum; the rest is the void below it.", canon="P10", ge=0.05, le=0.95)] = 0.45
    plate_km: Annotated[float, _field("Thickness of the plate that bounds one layer.", unit="km", canon="S05", ge=0.1, le=1.0e4)] = 10.0
    memory_fragmentation: Annotated[float, _field("How badly Builders remember: 0 copies, 1 shreds.", canon="S49", ge=0.0, le=1.0)] = 0.6
    order_now: Annotated[
        float, _field("Order left in what is built today: 1 is the first City's straight grid, 0 is none.", canon="S62", ge=0.0, le=1.0)
    ] = 0.15
    year_first: Annotated[
        float,
        _field(
            "Year in which the first layer was closed, counted from now; layers further out are younger.",
            unit="yr",
            canon="K02",
            ge=-1.0e6,
            le=0.0,
        ),
    ] = -30_000.0
    tower_height_km: Annotated[
        float, _field("Height of the greatest towers, where their layer has room.", unit="km", canon="S32", certainty="A", ge=0.1, le=5.0e3)
    ] = 483.0
    inhabited_fraction: Annotated[
        float,
        _field("Part of the dwellings in which somebody lives: villages, and quarters with lit windows.", canon="S63", ge=0.0, le=1.0),
    ] = 1.0e-6
    day_length_h: Annotated[
        float,
        _field(
            "How long a day takes. Clocks, --hour among them, divide any day in 24: this says how far phase_per_layer_h turns them.",
            unit="h",
            canon="S60",
            ge=0.01,
            le=1.0e6,
        ),
    ] = 24.0
    day_duty: Annotated[float, _field("Part of the day in which ceilings are lit.", canon="S60", ge=0.01, le=1.0)] = 0.5
    phase_per_layer_h: Annotated[
        float, _field("How much later the day begins on the next layer out.", unit="h", canon="S60", ge=0.0, le=24.0)
    ] = 0.7
    haze_per_m: Annotated[
        float, _field("How fast the air takes the light: 1.16e-5 is clear, 8e-5 dusty.", unit="1/m", canon="E77", ge=0.0, le=0.1)
    ] = 8.0e-5
    toha_state: Annotated[
        Literal["present", "vanished"],
        _field("Whether Toha Heavy Industries hangs where it hung, or has left a hollow of its shape.", canon="S103", certainty="A+"),
    ] = "present"
    gene_loss: Annotated[
        Literal["unknown", "order"],
        _field("How the gene was lost: from one child, nobody knows why, or where the Order set a retrovirus free.", canon="K01"),
    ] = "unknown"
    plate_openings: Annotated[
        Literal["open", "sealed"],
        _field("Whether shafts and fissures lead through plates, or nothing does but the beam.", canon="K06"),
    ] = "open"
    matter_source: Annotated[
        Literal["unknown", "planets", "nothing"],
        _field("Where the matter of the plates comes from: what the ledger says of all that no planet gave.", canon="K17"),
    ] = "unknown"
    lift_beta: Annotated[
        float,
        _field("The fastest that a trunk lift runs, in parts of light's speed.", unit="c", canon="S72", certainty="A", ge=0.1, le=0.99),
    ] = 0.5
    figure_height_m: Annotated[
        float, _field("Height of the people who stand here and there and give the scale.", unit="m", ge=0.1, le=1.0e3)
    ] = 1.7
    scars: tuple[Scar, ...] = ()
    """What shots have left, in their order. No row of the table: it is no number, and decides nothing that is built."""

    def __post_init__(self) -> None:
        for row in fields():
            given = getattr(self, row.name)
            value = checked(row, given)
            if value is not given:
                msgspec.structs.force_setattr(self, row.name, value)
        _check_together(self)

    @property
    def unscarred(self) -> CitySpec:
        """The City before anybody fired: all that is built hangs on this alone."""
        return msgspec.structs.replace(self, scars=()) if self.scars else self


@dataclass(frozen=True, slots=True)
class Field:
    """One row of the table of parameters: all that flags, widgets, messages and documents need to know."""

    name: str
    type: type
    """int, float or str."""
    default: int | float | str
    unit: str
    low: float
    """Smallest value allowed; 0 for words."""
    high: float
    """Largest value allowed; 0 for words."""
    choices: tuple[str, ...]
    """The words allowed; empty for numbers."""
    help: str
    canon: str
    """Row of the canon table that it rests on, or empty."""
    certainty: str
    """A said in the story, B and C by readers, D theory, X our calculation, ? canon is silent and the value is our choice."""

    @property
    def range(self) -> str:
        """The allowed values as text: `0.05 to 0.95`, or `linear, geometric`."""
        if self.choices:
            return ", ".join(self.choices)
        unit = f" {self.unit}" if self.unit else ""
        return f"{number(self.low)} to {number(self.high)}{unit}"


def number(value: float) -> str:
    """A number as people write it: 12, 0.45, 8e+08. Whole numbers keep all their digits."""
    return str(value) if isinstance(value, int) else f"{value:.6g}"


@cache
def fields() -> tuple[Field, ...]:
    """The table of all parameters, in the order of their declaration."""
    return tuple(_row(info) for info in msgspec.structs.fields(CitySpec) if info.name != "scars")


@cache
def _by_name() -> dict[str, Field]:
    return {row.name: row for row in fields()}


def _row(info: msgspec.structs.FieldInfo) -> Field:
    kind, *metas = get_args(info.type)
    meta: msgspec.Meta = metas[0]
    extra = meta.extra or {}
    choices = () if kind in (int, float) else get_args(kind)
    low, high = (0, 0) if choices else (meta.ge, meta.le)
    return Field(
        info.name,
        str if choices else kind,
        info.default,
        extra["unit"],
        low if low is not None else -math.inf,
        high if high is not None else math.inf,
        choices,
        meta.description or "",
        extra["canon"],
        extra["certainty"],
    )


def field(name: str) -> Field:
    """The row of one parameter. Raises SpecError, with the nearest name, if there is none."""
    row = _by_name().get(name)
    if row is None:
        near = get_close_matches(name, _by_name(), 1)
        hint = f"did you mean '{near[0]}'?" if near else "`megastructure parameters` lists them all"
        raise SpecError(shown(name), f"there is no such parameter; {hint}")
    return row


def shown(value: object) -> str:
    """A stranger's value, short and on one printable line, for a message."""
    try:
        text = repr(value) if not isinstance(value, str) else value
    except ValueError:  # an integer of thousands of digits refuses to become text
        text = "a number of thousands of digits"
    text = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return text if len(text) <= 40 else text[:37] + "..."


def checked(row: Field, value: object) -> int | float | str:
    """The value in the field's type. Raises SpecError if it is of another type or outside the range."""
    if row.choices:
        if value not in row.choices:
            raise SpecError(row.name, f"'{shown(value)}' is not one of {row.range}; choose one of these")
        return str(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        kind = "a whole number" if row.type is int else "a number"
        raise SpecError(row.name, f"'{shown(value)}' is not {kind}; give {row.range}")
    if row.type is int and not isinstance(value, int):
        raise SpecError(row.name, f"{shown(value)} is not a whole number; give {row.range}")
    if not row.low <= value <= row.high:  # false for NaN too
        raise SpecError(row.name, f"{shown(value)} is out of range; give {row.range}")
    return float(value) if row.type is float and isinstance(value, int) else value


def read_value(name: str, text: str) -> int | float | str:
    """A parameter's value from its text form, as in `--set fill=0.3`. Raises SpecError."""
    row = field(name)
    if row.type is str or len(text) > 64:
        return checked(row, text)
    value: object = text
    for kind in (int, float):
        try:
            value = kind(text)
            break
        except ValueError:
            continue
    return checked(row, value)


def _check_together(spec: CitySpec) -> None:
    """What must hold between fields."""
    if not isinstance(spec.scars, tuple) or not all(isinstance(one, Scar) for one in spec.scars) or len(spec.scars) > MOST_SCARS:
        raise SpecError("scars", f"a City keeps at most {MOST_SCARS} scars; take some away")
    if spec.core_km >= spec.radius_km:
        raise SpecError("core_km", f"the core ({number(spec.core_km)} km) must be smaller than radius_km ({number(spec.radius_km)} km)")
    if spec.drawn_layers > spec.layers:
        raise SpecError("drawn_layers", f"{spec.drawn_layers} strata cannot be drawn from {spec.layers} layers; lower it or raise layers")
    height = (spec.radius_km - spec.core_km) / spec.layers
    if spec.plate_km >= height:
        raise SpecError("plate_km", f"a plate of {number(spec.plate_km)} km fills its layer of {number(height)} km; lower it or layers")


def with_changes(spec: CitySpec, changes: Mapping[str, object]) -> CitySpec:
    """The same specification with some fields changed. Raises SpecError for unknown names and bad values."""
    for name in changes:
        field(name)
    if changes.get("seed", spec.seed) != spec.seed:
        spec = spec.unscarred  # nobody has fired in another City yet
    return msgspec.structs.replace(spec, **changes) if changes else spec


def with_scars(spec: CitySpec, scars: tuple[Scar, ...]) -> CitySpec:
    """The same City with these scars. Raises SpecError for more than it keeps."""
    return msgspec.structs.replace(spec, scars=scars) if scars != spec.scars else spec


def differences(spec: CitySpec, base: CitySpec | None = None) -> dict[str, int | float | str]:
    """Fields in which a specification differs from another (default: the default City)."""
    other = CitySpec() if base is None else base
    return {row.name: getattr(spec, row.name) for row in fields() if getattr(spec, row.name) != getattr(other, row.name)}
