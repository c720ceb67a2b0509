"""Contact sheets: what was scouted side by side, the best at the upper left, each with its name and how it was judged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from viewer.drawing.scout import Find

STRIP = 22
"""Pixels of the line below each picture."""


def contact_sheet(finds: list[Find], columns: int = 4) -> NDArray[np.uint8]:
    """(rows * (h + STRIP), columns * w, 3): the small pictures in the order given, with a line of words below each."""
    from PIL import Image, ImageDraw

    columns = min(columns, len(finds))
    rows = -(-len(finds) // columns)
    high, wide = finds[0].pixels.shape[:2]
    sheet = Image.new("RGB", (columns * wide, rows * (high + STRIP)))
    pen = ImageDraw.Draw(sheet)
    for index, find in enumerate(finds):
        row, column = divmod(index, columns)
        left, top = column * wide, row * (high + STRIP)
        sheet.paste(Image.fromarray(find.pixels), (left, top))
        line = told(find, lambda words: pen.textlength(words) <= wide - 10)
        pen.text((left + 6, top + high + 5), line, fill=(220, 222, 224))
    return np.asarray(sheet)


def told(find: Find, fits: Callable[[str], bool]) -> str:
    """What a viewpoint is, and as many of the checks that it misses as a line holds."""
    head = f"{find.name}   {find.passed} of 10"
    missed = [check.name.partition(",")[0] for check in find.checks if not check.passed]
    for named in range(len(missed), 0, -1):
        more = f" and {len(missed) - named} more" if named < len(missed) else ""
        line = f"{head}   misses {', '.join(missed[:named])}{more}"
        if fits(line):
            return line
    return head
