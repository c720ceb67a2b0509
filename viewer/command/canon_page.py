"""docs/canon.md, made from assets/canon.toml: `python -m viewer.command.canon_page > docs/canon.md`."""

from __future__ import annotations

from viewer.command.reference import table
from viewer.lore.canon import CERTAINTY, NOT_YET, REFUSED, SOURCES, Row, rows

HEAD = """\
# What canon says, and where the program shows it

Made from `assets/canon.toml` by `python -m viewer.command.canon_page > docs/canon.md`; a test keeps it current. The wording is our own.
`megastructure canon S13` prints a row, `canon lifts` what holds a word, `canon --missing` what is not shown yet.
"""
TITLES = {
    "S": "Said in the texts that the City is made after",
    "P": "Said on public pages",
    "K": "Contradictions",
    "E": "Reckoned",
}


def _where(row: Row) -> str:
    """Names in the program as code, words as words."""
    return ", ".join(place if place.startswith((NOT_YET, REFUSED)) else f"`{place}`" for place in row.where)


def _tests(row: Row) -> str:
    return ", ".join(f"`{test}`" for test in row.tests)


def _counts() -> str:
    """How many rows of the story's texts are shown, told as captions, refused, not there yet."""
    said = [row for row in rows().values() if row.id.startswith("S")]
    missing = sum(bool(row.missing) for row in said)
    refused = sum(row.where[0].startswith(REFUSED) for row in said)
    captions = sum(all(place.startswith("label:") for place in row.where) for row in said)
    shown = len(said) - missing - refused - captions
    return (
        f"Of {len(said)} rows from the texts, {shown} are shown, {captions} are captions, {refused} refused with a reason, "
        f"and {missing} are not there yet.\n"
    )


def text() -> str:
    """The whole page."""
    parts = [HEAD, _counts(), table(("Certainty", "Means"), list(CERTAINTY.items())), table(("Source", "Is"), list(SOURCES.items()))]
    for letter, title in TITLES.items():
        chosen = [row for row in rows().values() if row.id.startswith(letter)]
        lines = [(row.id, row.said, row.certainty, row.source, _where(row), _tests(row)) for row in chosen]
        parts += [f"## {title}\n", table(("Row", "Fact", "Sure", "Source", "Where", "Tested by"), lines)]
    return "\n".join(parts)


if __name__ == "__main__":
    print(text(), end="")
