"""A surprise: the scout, in a process of its own, for whoever must stay responsive meanwhile.

`python -m viewer.pictures.surprise LINK COUNT ASPECT [BAND]` looks at viewpoints of the link's City, in its style, within one stratum if a
band is named. It writes a line of JSON for each viewpoint looked at, and a last one with the link to the best. Drawing needs a graphics
context of its own, and in one process with a window's that would halt the window for seconds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TextIO

from viewer.errors import exit_code, one_line
from viewer.link import link, parse

COUNT = 9
"""Viewpoints that are looked at."""


def surprise(text: str, count: int, aspect: float, band: int | None, out: TextIO) -> None:
    """Scout, and tell of it line by line. Raises InputError where there is nowhere to stand."""
    from geometry.address import Address
    from viewer.drawing.scout import scouted

    state = parse(text)

    def say(row: dict[str, Any]) -> None:
        print(json.dumps(row), file=out, flush=True)

    finds = scouted(
        state.city,
        count,
        place=None if band is None else Address(state.city.seed, bands=(band,)),
        aspect=aspect,
        dressed=lambda found: replace(found, style=state.style, figure=state.figure, detail=state.detail),
        advance=lambda done, whole: say({"done": done, "whole": whole}),
    )
    say({"link": link(finds[0].state), "view": finds[0].name, "passed": finds[0].passed})


def main(words: Sequence[str]) -> int:
    """The command; an error is a last line of JSON, and the exit code that the program has for it."""
    try:
        text, count, aspect, *band = words
        surprise(text, int(count), float(aspect), int(band[0]) if band else None, sys.stdout)
    except Exception as error:  # noqa: BLE001  # told to whoever started this
        print(json.dumps({"error": one_line(error)}), flush=True)
        return exit_code(error)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
