"""A section on paper as SVG or PDF: the same marks, two ways to write them. Millimetres; no fonts or libraries are needed.

The cut is drawn as draughtsmen do: outlines first, fills over them, so that solids that overlap read as one and only their common
outline stays. The Megastructure is hatched, what Builders made is black, what stands beyond is pale, paler the further it is.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from geometry.export.atomic import atomic
from geometry.export.report import Report
from geometry.export.section import Polygon, Sheet

INK = (0.09, 0.09, 0.10)
PAPER = (0.975, 0.968, 0.945)
_FRAME = 8.0
"""Millimetres from the edge of the paper to the line about the sheet."""
_STEPS = 7
"""Tones of what lies beyond."""
_POINT = 72.0 / 25.4
_HATCH = 0.9
"""Millimetres between the lines of a hatch."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Polygons in one colour."""

    rings: Sequence[Polygon]
    """Millimetres from the lower left corner of the paper."""
    fill: tuple[float, float, float] | None = None
    stroke: float = 0.0
    """Width of the outline, millimetres."""
    hatched: bool = False
    closed: bool = True
    tone: float = 0.0
    """Of the outline, from ink (0) towards paper (1)."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of words."""

    at: tuple[float, float]
    words: str
    height: float
    """Of its capitals and then some, millimetres."""
    bold: bool = False
    anchor: str = "start"
    """start, middle or end."""
    tone: float = 0.0
    """From ink (0) towards paper (1)."""


def _mixed(tone: float) -> tuple[float, float, float]:
    r, g, b = (ink + (paper - ink) * tone for ink, paper in zip(INK, PAPER, strict=True))
    return r, g, b


def _box(x0: float, y0: float, x1: float, y1: float) -> Polygon:
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])


def marks(sheet: Sheet) -> Iterator[Shape | Text]:
    """All that is drawn, in order."""
    wide, tall = sheet.size
    yield Shape([_box(0, 0, wide, tall)], PAPER)
    yield from _beyond(sheet)
    plates, solids = ([sheet.placed(one) for one in rows] for rows in (sheet.section.plates, sheet.section.solids))
    yield Shape(plates, None, 0.7)
    yield Shape(solids, None, 0.22)
    yield Shape(plates, PAPER)
    yield Shape(plates, None, hatched=True)
    yield Shape(solids, INK)
    yield Shape([_box(_FRAME, _FRAME, wide - _FRAME, tall - _FRAME)], None, 0.5)
    yield from _title(sheet)


def _beyond(sheet: Sheet) -> Iterator[Shape]:
    """From far to near, a tone a step: what is near has the darker face and the firmer line."""
    rows = sheet.section.beyond
    deepest = max((distance for distance, _ in rows), default=1.0) or 1.0
    group: list[Polygon] = []
    last = 0
    for distance, polygon in rows:
        step = min(_STEPS - 1, int(_STEPS * distance / deepest))
        if group and (step != last or len(group) >= 400):
            yield _layer(group, last / (_STEPS - 1))
            group = []
        group.append(sheet.placed(polygon))
        last = step
    if group:
        yield _layer(group, last / (_STEPS - 1))


def _layer(rings: list[Polygon], far: float) -> Shape:
    """What stands beyond, `far` from 0 to 1."""
    return Shape(rings, _mixed(0.76 + 0.20 * far), 0.14 - 0.09 * far, tone=0.25 + 0.45 * far)


_MAN_M, _LEAST_MM, _MOST_MM = 1.7, 1.5, 14.0
"""A person, and how tall one may be on the sheet to be drawn."""
_BODY = np.array(
    [[-0.05, 0], [-0.02, 0], [0.005, 0.44], [0.03, 0], [0.06, 0], [0.075, 0.5], [0.12, 0.5], [0.13, 0.74], [0.09, 0.82]]
    + [[-0.09, 0.82], [-0.13, 0.74], [-0.12, 0.5], [-0.07, 0.5]]
)
"""In parts of the height, from one foot round."""
_HEAD = np.array([[0.062, 0.93], [0.044, 0.974], [0.0, 1.0], [-0.044, 0.974], [-0.062, 0.93], [-0.044, 0.876], [0.0, 0.85], [0.044, 0.876]])


def _person(sheet: Sheet, x: float, y: float) -> Iterator[Shape | Text]:
    """Somebody beside the scale bar, where the scale is large enough."""
    tall = _MAN_M * sheet.scale
    if _LEAST_MM <= tall <= _MOST_MM:
        yield Shape([part * tall + np.array([x, y]) for part in (_BODY, _HEAD)], INK)
        yield Text((x, y - 4.0), f"{_MAN_M:g} m", 2.3, anchor="middle")


def _title(sheet: Sheet) -> Iterator[Shape | Text]:
    """The strip below: title, what is said, scale bar, arrow."""
    wide, _ = sheet.size
    top, left, right = _FRAME + 22.0, _FRAME + 6.0, wide - _FRAME - 6.0
    yield Shape([_box(_FRAME, _FRAME, wide - _FRAME, top)], PAPER, 0.25)
    room = right - 32.0 - sheet.bar * sheet.scale - left
    yield Text((left, top - 8.0), sheet.title, min(5.0, 5.0 * room / _wide(sheet.title, 5.0, True)), bold=True)
    for number, line in enumerate(sheet.lines[:3]):
        yield Text((left, top - 12.6 - 3.6 * number), line, 2.5, tone=0.15)
    length = sheet.bar * sheet.scale
    start, y = right - 14.0 - length, _FRAME + 8.0
    for part in range(4):
        ends = start + length * part / 4, start + length * (part + 1) / 4
        yield Shape([_box(ends[0], y, ends[1], y + 1.6)], INK if part % 2 == 0 else PAPER, 0.18)
    yield Text((start, y + 3.2), "0", 2.3)
    yield Text((start + length, y + 3.2), sheet.bar_text, 2.3, anchor="end")
    yield Text((start, y - 4.0), f"1 : {_ratio(sheet.scale)} on {sheet.paper}", 2.5, tone=0.15)
    yield from _person(sheet, start - 7.0, y)
    x, base = right - 3.0, _FRAME + 4.0
    yield Shape([np.array([[x, base + 4.5], [x, base + 13.0]])], None, 0.25, closed=False)
    yield Shape([np.array([[x, base + 14.5], [x - 1.3, base + 10.5], [x, base + 11.4], [x + 1.3, base + 10.5]])], INK)
    yield Text((x, base), sheet.up_text, 2.3, anchor="middle")


def _ratio(scale: float) -> str:
    ratio = 1000.0 / scale
    if ratio < 1e9:
        return f"{ratio:,.0f}"
    power = int(np.floor(np.log10(ratio) + 1e-9))
    return f"{ratio / 10.0**power:g} × 10{str(power).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def _numbers(ring: Polygon) -> list[str]:
    return [f"{x:.2f} {y:.2f}" for x, y in ring.tolist()]


def svg(sheet: Sheet) -> bytes:
    """The sheet as SVG 1.1."""
    wide, tall = sheet.size
    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}mm" height="{tall:g}mm" viewBox="0 0 {wide:g} {tall:g}">',
        f"<title>{escape(sheet.title)}</title>",
        f"<desc>{escape(sheet.link)}</desc>",
        f'<defs><pattern id="hatch" width="{_HATCH:g}" height="{_HATCH:g}" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
        f'<line x1="0" y1="0" x2="{_HATCH:g}" y2="0" stroke="{_hex(INK)}" stroke-width="0.22"/></pattern></defs>',
    ]
    rows += [_svg_text(mark, tall) if isinstance(mark, Text) else _svg_shape(mark, tall) for mark in marks(sheet)]
    return "\n".join([*rows, "</svg>", ""]).encode()


def _hex(colour: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(255 * value):02x}" for value in colour)


def _svg_shape(shape: Shape, tall: float) -> str:
    flip = np.array([1.0, -1.0]), np.array([0.0, tall])
    end = "Z" if shape.closed else ""
    path = "".join("M" + "L".join(_numbers(ring * flip[0] + flip[1])) + end for ring in shape.rings)
    fill = "url(#hatch)" if shape.hatched else "none" if shape.fill is None else _hex(shape.fill)
    line = f' stroke="{_hex(_mixed(shape.tone))}" stroke-width="{shape.stroke:.3g}" stroke-linejoin="round"' if shape.stroke else ""
    return f'<path d="{path}" fill="{fill}"{line}/>'


def _svg_text(text: Text, tall: float) -> str:
    x, y = text.at
    weight = ' font-weight="bold"' if text.bold else ""
    return (
        f'<text x="{x:.2f}" y="{tall - y:.2f}" font-family="Helvetica, Arial, sans-serif" font-size="{text.height:g}"{weight} '
        f'text-anchor="{text.anchor}" fill="{_hex(_mixed(text.tone))}">{escape(text.words)}</text>'
    )


def pdf(sheet: Sheet) -> bytes:
    """The sheet as PDF 1.4: one page of vectors, its words in Helvetica, which every reader has."""
    wide, tall = (side * _POINT for side in sheet.size)
    rows = [f"{_POINT:.6f} 0 0 {_POINT:.6f} 0 0 cm 1 j"]
    rows += [_pdf_text(mark) if isinstance(mark, Text) else _pdf_shape(mark) for mark in marks(sheet)]
    content = zlib.compress("\n".join(rows).encode("cp1252", "replace"), 9)
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    title, link = (text.encode("cp1252", "replace").translate(None, b"()\\") for text in (sheet.title, sheet.link))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {wide:.2f} {tall:.2f}] /Contents 4 0 R "
        "/Resources << /Font << /F0 5 0 R /F1 6 0 R >> >> >>".encode(),
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(content) + content + b"\nendstream",
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
        b"<< /Title (" + title + b") /Keywords (" + link + b") /Producer (Megastructure) >>",
    ]
    data, starts = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, 1):
        starts.append(len(data))
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    count = len(objects) + 1
    return (
        data
        + b"xref\n0 %d\n0000000000 65535 f \n" % count
        + table
        + (b"trailer\n<< /Size %d /Root 1 0 R /Info 7 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(data)))
    )


def _pdf_path(shape: Shape) -> str:
    end = " h" if shape.closed else ""
    return "\n".join(f"{' l '.join(_numbers(ring)).replace(' l ', ' m ', 1)} l{end}" for ring in shape.rings)


def _pdf_shape(shape: Shape) -> str:
    path = _pdf_path(shape)
    if not path:
        return ""
    if shape.hatched:
        return f"q\n{path}\nW n\n{_colour(INK)} RG 0.22 w\n{_pdf_hatch(shape.rings)}\nS\nQ"
    fill = "" if shape.fill is None else f"{_colour(shape.fill)} rg "
    line = f"{_colour(_mixed(shape.tone))} RG {shape.stroke:.3g} w " if shape.stroke else ""
    paint = {(True, True): "B", (True, False): "f", (False, True): "S", (False, False): "n"}[bool(fill), bool(line)]
    return f"{fill}{line}\n{path}\n{paint}"


def _colour(colour: tuple[float, float, float]) -> str:
    return " ".join(f"{value:.3f}" for value in colour)


def _pdf_hatch(rings: Sequence[Polygon]) -> str:
    """Lines at 45 degrees over all of the rings."""
    points = np.concatenate(list(rings))
    (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    step = _HATCH * 2**0.5
    first, last = int((x0 - y1) // step), int((x1 - y0) // step) + 1
    return "\n".join(f"{c * step + y0:.2f} {y0:.2f} m {c * step + y1:.2f} {y1:.2f} l" for c in range(first, last + 1))


_WIDTHS = """278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584
584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278
469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500"""
_EM = {chr(32 + number): int(width) for number, width in enumerate(_WIDTHS.split())}
"""Widths of Helvetica's characters, thousandths of its height (Adobe font metrics)."""


def _pdf_text(text: Text) -> str:
    runs = _runs(text.words)
    width = sum(_wide(words, text.height * (_RAISED if up else 1.0), text.bold) for words, up in runs)
    x = text.at[0] - {"start": 0.0, "middle": width / 2, "end": width}[text.anchor]
    shown = " ".join(_pdf_run(words, text.height, text.bold, up) for words, up in runs)
    return f"BT {_colour(_mixed(text.tone))} rg {x:.2f} {text.at[1]:.2f} Td {shown} ET"


def _pdf_run(words: str, height: float, bold: bool, up: bool) -> str:
    safe = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    size, rise = (height * _RAISED, height * 0.36) if up else (height, 0.0)
    return f"/F{int(bold)} {size:g} Tf {rise:g} Ts ({safe}) Tj"


def _wide(words: str, height: float, bold: bool) -> float:
    """Millimetres that words take, about."""
    return sum(_EM.get(c, 556) for c in words) * height / 1000.0 * (1.08 if bold else 1.0)


_SMALL = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_RAISED = 0.66
"""Height of a raised number, in parts of that of the words."""


def _runs(words: str) -> list[tuple[str, bool]]:
    """Words in runs, each with whether it is a raised number: 10¹² is 10 and a raised 12, for WinAnsi has but three such digits."""
    return [("".join(str(_SMALL.index(c)) if up else c for c in run), up) for up, run in groupby(words, lambda c: c in _SMALL)]


def write_drawing(sheet: Sheet, path: str | os.PathLike[str], *, force: bool = False) -> Report:
    """Write a .svg or a .pdf, whole or not at all. Raises OutputError."""
    data = pdf(sheet) if Path(path).suffix.lower() == ".pdf" else svg(sheet)
    with atomic(path, force=force) as out:
        out.write(data)
    low, high = sheet.section.bounds
    x, y = (high - low).tolist()
    shapes = len(sheet.section.plates) + len(sheet.section.solids)
    return Report(Path(path), shapes, len(data), 0, sheet.scale, (x, y, 0.0), shapes, 0)
