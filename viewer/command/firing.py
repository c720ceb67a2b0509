"""The command `fire`: a shot of the Gravitational Beam Emitter from the eye of a view, into a city file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from viewer.command.options import Common, What
from viewer.command.report import report_of
from viewer.command.usage import whole
from viewer.errors import OK, InputError, UsageError
from viewer.outputs import STDOUT, check_outputs

if TYPE_CHECKING:
    from geometry.scar import Scar


def fire(
    city: Annotated[
        str | None, Parameter(help="A city file, preset, link, picture or address: its City, and the eye that fires.", show_env_var=False)
    ] = None,
    /,
    *,
    output: Annotated[
        str,
        Parameter(
            name=["--output", "-o"], allow_leading_hyphen=True, metavar="FILE", help="City file to write, ending in .toml; - is stdout."
        ),
    ] = STDOUT,
    power: Annotated[
        int, Parameter(converter=whole, metavar="N", help="1 a hand's breadth, 2 a doorway, 3 the pistol, 4 boosted, 5 unlocked.")
    ] = 3,
    view: Annotated[str | None, Parameter(show_default=False, metavar="VIEW", help="The eye of a named view, or of a link.")] = None,
    force: Annotated[bool, Parameter(name=["--force", "-f"], negative="", show_default=False, help="Overwrite what exists.")] = False,
    what: What | None = None,
    common: Common | None = None,
) -> int:
    """Fire the Gravitational Beam Emitter from the eye of a view, along its sight; write the City with its scar."""
    from geometry.cityfile import CityFile, read, text_of, write
    from geometry.scar import POWERS
    from geometry.spec import with_scars
    from viewer.command.sources import resolve, state_of
    from viewer.emitter import beam
    from viewer.emitter.piercing import pierced
    from viewer.link import link

    report = report_of(common)
    if not 1 <= power <= len(POWERS):
        raise UsageError(f"--power {power} is no power; give 1 to {len(POWERS)}")
    check_outputs([output], (".toml",), force)
    state = beam.powered(state_of(resolve(city), what or What(), view), power)
    if beam.cannot(state):
        raise InputError(f"fire: {beam.cannot(state)}")
    found = pierced(state.city, beam.shot(state))
    spec = with_scars(state.city, (*state.city.scars, _from(found.scar, found.place)))
    former = read(city) if city is not None and city.lower().endswith(".toml") else CityFile(spec, title=f"City {spec.seed}, shot through")
    file = replace(former, spec=spec)
    row = {"output": output, "said": found.said, "scars": len(spec.scars), "gone": found.gone, "bored": found.bored, "plates": found.plates}
    if output == STDOUT:
        report.data(text_of(file).rstrip("\n"), {"text": text_of(file), **row})
        return OK
    write(output, file)
    if not report.quiet:
        report.data(f"{output}: {found.said}", {**row, "link": link(replace(state, city=spec))})
    return OK


def _from(scar: Scar, place: str) -> Scar:
    """The scar with the address it was fired from."""
    import msgspec

    return msgspec.structs.replace(scar, place=place)
