"""The Gravitational Beam Emitter: firing from the eye. Pure functions of a ViewState; geometry.scar has the five powers."""

from __future__ import annotations

from dataclasses import replace

from geometry.key import derive
from geometry.scar import MOST_SCARS, POWERS, Scar
from geometry.spec import with_scars
from viewer.measure import length
from viewer.state import ViewState


def cannot(state: ViewState) -> str:
    """Why nobody can fire here, in one line; empty if one can."""
    if state.year < 0.0:
        return "the beam is fired now, not in a year that is past; go to the age of now first"
    if len(state.city.scars) >= MOST_SCARS:
        return f"this City keeps {MOST_SCARS} scars, and has them; mend one first"
    return ""


def shot(state: ViewState) -> Scar:
    """What a shot from the eye along its sight leaves. The same view and City: the same scar."""
    camera, city = state.camera, state.city
    x, y, z = (float(v) for v in camera.forward)
    seed = derive(derive(city.seed, "shot", len(city.scars)), "power", state.emitter) >> 1
    return Scar(muzzle=camera.position, direction=(x, y, z), power=state.emitter, seed=seed)


def fired(state: ViewState) -> ViewState:
    """The City after a shot from the eye; as it was where nobody can fire."""
    return state if cannot(state) else scarred(state, shot(state))


def scarred(state: ViewState, scar: Scar) -> ViewState:
    """The City with one more scar."""
    return replace(state, city=with_scars(state.city, (*state.city.scars, scar)))


def mended(state: ViewState) -> ViewState:
    """The City without its last scar."""
    return replace(state, city=with_scars(state.city, state.city.scars[:-1]))


def told_of(scar: Scar) -> tuple[str, str, str]:
    """A scar for people: its power, its measures, where it was fired from."""
    one = scar.force
    size = f"{length(one.bore)} wide, {length(one.reach)} long, bursts to {length(2.0 * one.blast)} across"
    return f"power {scar.power}, {one.name}", size, f"from {scar.place}" if scar.place else ""


def powered(state: ViewState, power: int) -> ViewState:
    """The Emitter at one of its five powers."""
    return replace(state, emitter=min(max(power, 1), len(POWERS)))


def stepped(state: ViewState) -> ViewState:
    """The next power; after the strongest, the weakest."""
    return powered(state, state.emitter % len(POWERS) + 1)
