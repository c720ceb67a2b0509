"""What each kind of place rests on: rows of the canon table, how sure they are, and the fact in our own words."""

from __future__ import annotations

from dataclasses import dataclass

from geometry.spec import field

CERTAINTY = {"A": "said", "A+": "said twice", "B": "two readers", "C": "one reader", "D": "theory", "X": "calculated", "?": "chosen"}


@dataclass(frozen=True, slots=True)
class Note:
    """A fact of the story that a kind of place shows."""

    text: str
    rows: str
    """Rows of the canon table."""
    certainty: str
    """A said in the story, A+ said twice, B and C by readers, D theory, X calculated, ? our own choice."""

    @property
    def source(self) -> str:
        """The rows and how sure they are: `P90 · two readers`."""
        said = CERTAINTY.get(self.certainty, self.certainty)
        return f"{self.rows} · {said}" if self.rows else said


NOTES: dict[str, Note] = {
    "city": Note("Nested spheres that fill what was once the Solar System.", "S01, S04", "A+"),
    "band": Note("Layers together bear the City: this is the Megastructure.", "S05", "A+"),
    "stratum": Note("Plates split the City into floors; lifts, fissures and beam holes lead through.", "S06", "A+"),
    "tile": Note("The ground of a layer, lit by the underside of the next one: day and night.", "S60", "A+"),
    "district": Note("Builders raised quarters to live in, in straight rows at first.", "S31", "A"),
    "tower": Note("Builders raised towers hundreds of miles tall.", "S32", "A"),
    "block": Note("Slabs of dwellings, built over again from a broken memory of older ones.", "S31, S49", "A"),
    "canyon": Note("A chasm between two masses, with narrow bridges over it.", "P90", "B"),
    "shaft": Note("A well that stands open through floor after floor.", "P92", "B"),
    "bridge": Note("A thin span, miles long and littered; its stairs lead down to nothing.", "P90, P94", "B"),
    "pipes": Note("Pipes for miles. People walk them as one walks a rope.", "P93, P94", "B"),
    "cables": Note("A wall of cables that one climbs through.", "P94", "B"),
    "hall": Note("A room of giant height, drawn to one vanishing line.", "P62, P96", "C"),
    "corridor": Note("Corridors without an end, doors in rows where memory failed.", "S11, P70", "A+"),
    "room": Note("A room with a window on the open, lamps on its walls, dwellings opposite.", "P77", "C"),
    "stair": Note("Stairs go on for thousands of kilometres; some lead nowhere.", "P21, P70", "B"),
    "terrace": Note("A corner of a great roof where somebody once had work to do.", "S12, S65", "A"),
    "walkway": Note("A way through the void, with what people left on it.", "P94", "B"),
    "builder": Note("A machine that builds without end, of no one's bidding; no two are alike.", "S86, P71", "A+"),
    "village": Note("A few people live on, in terraces round the drum of a forgotten wall.", "S88, P50", "A+"),
}
"""By kind of place."""


def note(kind: str) -> Note:
    """The note of a kind; a kind that the story does not know is our own choice."""
    return NOTES.get(kind, Note("The story is silent about this; it is our own.", "", "?"))


def canon_note(name: str) -> str:
    """What a parameter rests on: `S03 · said twice`. Raises SpecError for an unknown one."""
    row = field(name)
    said = CERTAINTY.get(row.certainty, row.certainty)
    return f"{row.canon} · {said}" if row.canon else said
