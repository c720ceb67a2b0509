"""Exports, each first estimated, then done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geometry.address import Address
from geometry.version import GENERATOR_VERSION
from viewer.command.options import Light, Mode, Paper, Section, Thin
from viewer.command.report import Advance, Report
from viewer.errors import LimitError
from viewer.link import link
from viewer.state import Cut, ViewState

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geometry.city import City
    from geometry.cut import Shown
    from geometry.export import Check, Piece
    from geometry.export import Report as Made
    from geometry.export.printing import Wish
    from geometry.export.slice import Region
    from geometry.place import Place

EXPORT_TRIANGLES = 2_000_000
LARGEST = 2_000_000_000
"""Bytes of a GLB from which an export is divided into several: the format ends at 4 GiB, and the Khronos validator and browsers take no
file of more than 2 GiB into one array."""
LONGEST = 4 * 2**30
"""Bytes of an STL or a PLY from which an export is divided: what older programs and disks take in one file. No STL holds 2^32 triangles."""
THINNEST_MM = 0.01
"""A plate thinner than this in an STL would crumple when its corners are rounded to 32 bits."""


PRINTS = (".stl", ".3mf")
"""Endings of files for printers: millimetres."""
DRAWINGS = (".svg", ".pdf")
"""Endings of section drawings."""
KINDS = (".glb", *PRINTS, ".ply", ".usdc", ".usda", *DRAWINGS)
"""All endings an export may have."""
_BYTES = {
    ".stl": (84, 50),
    ".3mf": (3000, 13),
    ".ply": (2000, 43),
    ".usdc": (60_000, 5),
    ".usda": (60_000, 20),
    ".svg": (8000, 4),
    ".pdf": (8000, 2),
}
"""About how large a file is: its head, and bytes a triangle."""
_GLB = (2000, 84)

_FINEST_BORE = 1.0 / 4000.0
"""Of the longest side of what is exported: a bore narrower than this is left out."""


@dataclass(frozen=True, slots=True)
class Export:
    """One file to make of a place."""

    state: ViewState
    address: Address | None
    """None for the whole City."""
    output: str
    max_triangles: int
    min_feature: float = 0.0
    size_mm: float = 200.0
    thin: Thin = "keep"
    """What becomes of parts too thin to print."""
    mode: Mode = "merged"
    """How a GLB holds what there is many of."""
    cuts: tuple[Cut, ...] = ()
    """What they take away is left out, and what they cut through is closed."""
    force: bool = False
    """Overwrite what exists."""
    wish: Wish | None = None
    """How a print is laid out; None for places as they are, however many."""
    union: bool = False
    """One watertight body a file instead of solids that overlap."""
    hollow_mm: float = 0.0
    """Walls about what is hollow; 0 leaves it solid. Means `union`."""
    light: Light | None = None
    """Of a GLB: the hour that is baked in; None leaves every lamp lit."""
    occlusion: bool = False
    """Of a GLB and a PLY: what is in corners is darker."""
    paper: Paper = "A3"
    section: Section = "along"
    """Which way a drawing is cut where no plane is given."""
    seen: tuple[int, int] | None = None
    """Pixels of the picture of the view of which the parts are exported, and no others; None for a place."""
    unfolded: int = 0
    """Triangles to unfold where holes cost the rest of those allowed (viewer/files/fitting.py); 0 for all that are allowed."""
    plain: int = 0
    """How much plainer than round holes are: 0 to viewer.files.regions.PLAINEST."""

    @property
    def suffix(self) -> str:
        """Its ending: one of KINDS."""
        return Path(self.output).suffix.lower()


def export_bytes(suffix: str, triangles: int) -> int:
    """About how large the file is: 50 bytes a triangle in STL, three corners of 24 bytes and an index in GLB."""
    head, each = _BYTES.get(suffix, _GLB)
    return head + each * triangles


def triangles_in(suffix: str, size: int) -> int:
    """How many triangles a file of so many bytes holds, about."""
    head, each = _BYTES.get(suffix, _GLB)
    return max(1, (size - head) // each)


def most_bytes(suffix: str) -> int | None:
    """Bytes of a file from which an export is divided by place; None for what is never divided."""
    return LARGEST if suffix == ".glb" else LONGEST if suffix in (".stl", ".ply") else None


def refuse_too_large(job: Export) -> None:
    """Raise LimitError for more triangles than a file that is never divided holds."""
    if most_bytes(job.suffix) is None and job.max_triangles >= 2**32:
        raise LimitError(f"{job.max_triangles} triangles do not fit in a {job.suffix}; lower --max-triangles, or write .glb, .stl or .ply")


def _roots(city: City, job: Export) -> tuple[Place, ...]:
    """The place that is asked for; of the whole City only the strata that are neither peeled off nor left out."""
    from viewer.compose import roots_of
    from viewer.history import standing_relics

    if job.address is not None and (job.address.tile or job.address.steps):
        return (city.at(job.address),)
    if job.address is not None and (job.address.bands or job.address.layer is not None):
        return _sphere(city, job, job.address)
    roots = roots_of(city, job.state)
    early = standing_relics(job.state)
    return (city.root,) if len(roots) == len(city.unfold(city.root).children) and not early else (*early, *roots)


def _sphere(city: City, job: Export, address: Address) -> tuple[Place, ...]:
    """The cells of a band or a layer all round. Raises AddressError; LimitError for a plate that a print cannot hold."""
    from geometry.search import sphere

    cells = sphere(city, address)
    plate, across = min(c.cell.outer - c.cell.plate for c in cells if c.cell), max(2.0 * c.cell.outer for c in cells if c.cell)
    if job.suffix == ".stl" and plate / across * job.size_mm < THINNEST_MM:
        raise LimitError(
            f"{address} is a plate of {plate / 1e3:,.0f} km about a sphere of {across / 1e3:,.0f} km: "
            f"{plate / across * job.size_mm:.2g} mm thin at {job.size_mm:g} mm; "
            f"export one tile of it ('{city.on_tile(address)}'), or a .glb"
        )
    return cells


def _shown(job: Export, heard: Callable[[], None] = lambda: None) -> Iterator[Shown]:
    """The places to write, largest first, without those that a cut hides whole."""
    from geometry.budget import for_budget
    from viewer.hiding import hides
    from viewer.history import CityThen

    budget = job.unfolded or job.max_triangles
    if job.seen is not None:
        from viewer.files.seen import seen

        yield from seen(job.state, job.seen, budget, job.min_feature, heard, lambda triangles: _refuse_under(job, triangles))
        return
    city = CityThen(job.state.city, job.state.year)
    yield from for_budget(
        city,
        *_roots(city, job),
        max_triangles=budget,
        min_feature=job.min_feature,
        hidden=lambda place: any(hides(cut, place) for cut in job.cuts),
        heard=heard,
        least=lambda triangles: _refuse_under(job, triangles),
    )


def _refuse_under(job: Export, least: int) -> None:
    """Raise LimitError where not even the plates of what is exported fit the triangles allowed."""
    if least > job.max_triangles:
        raise LimitError(
            f"{job.output}: {named(job)} takes at least {least} triangles and {job.max_triangles} are allowed; "
            f"give --max-triangles {least} or more, or export a smaller place"
        )


def named(job: Export) -> str:
    """What is exported, by its address in its own City."""
    if job.seen is not None:
        from viewer.measure import address_text
        from viewer.whereabouts import radius_of, whereabouts

        here = whereabouts(job.state.city, radius_of(job.state.camera.position))
        told = "The City" if here.outside else address_text(job.state, here)
        return told if job.suffix == ".stl" else f"What is seen from {told}"  # an STL's head holds a place, and no more
    return "The City" if job.address is None else str(replace(job.address, seed=job.state.city.seed))


def pieces_of(job: Export, advance: Advance) -> Iterator[Piece]:
    """The places as pieces of a file. `advance` is asked before each, so that a Cancel is heard while places unfold."""
    from geometry.budget import as_piece

    for item in _shown(job, lambda: advance(0.0)):
        yield from as_piece(item)


def axes_of(job: Export) -> NDArray[np.float64] | None:
    """The axes along which a tile, or what stands in one, is upright; None for what goes round the City."""
    from geometry.city import City

    if job.seen is not None:
        from viewer.files.seen import sight_of

        return sight_of(job.state, job.seen).axes
    if job.address is None or not (job.address.tile or job.address.steps):
        return None
    return City(job.state.city).at(job.address).frame.axes


def sliced_pieces(job: Export, found: Iterable[Piece], city: City) -> Iterable[Piece]:
    """The pieces as the job's cuts leave them."""
    taken = taken_from(job, city)
    if taken:
        from geometry.export.body import HAIR
        from geometry.export.slice import sliced

        found = sliced(found, taken, _reach(job, city) * HAIR if job.suffix in PRINTS else 0.0)
    if job.seen is not None and job.suffix not in PRINTS:
        from viewer.files.seen import edges_of, in_picture

        found = in_picture(found, edges_of(job.state, job.seen))
    return found


def taken_from(job: Export, city: City) -> tuple[Region, ...]:
    """What cuts and shots take away of an export; of shots what is there in its year, and large enough to be seen on it."""
    from viewer.files.regions import holes_of, regions_of

    scars = job.state.city.scars if job.state.year >= 0.0 else ()
    holes = holes_of(scars, _reach(job, city) * _FINEST_BORE, job.plain) if scars else ()
    if job.seen is not None and holes:
        from viewer.files.seen import shown_holes

        holes = shown_holes(holes, job.state)
    return (*regions_of(job.cuts), *holes, *_edges(job))


def _edges(job: Export) -> tuple[Region, ...]:
    """A print of what is seen ends where the picture does, and not far behind what is looked at, and is closed there."""
    if job.seen is None or job.suffix not in PRINTS:
        return ()
    from viewer.files.seen import limits_of

    return tuple((edge,) for edge in limits_of(job.state, job.seen))


def _reach(job: Export, city: City) -> float:
    """About the longest side of what is exported, metres; of what is seen how far that is which is looked at."""
    if job.seen is not None:
        return job.state.camera.distance
    if job.address is not None and (job.address.tile or job.address.steps):
        return max(city.at(job.address).size)
    return 2e3 * job.state.city.radius_km


def _notes(job: Export, title: str, permalink: str, exaggerated: str) -> dict[str, str]:
    """What a 3MF says about itself."""
    scale = "" if job.wish is None or job.wish.ratio is None else f" Scale 1:{job.wish.ratio:g}."
    return {
        "Title": title,
        "Designer": "Megastructure",
        "Description": f"{title}. Millimetres.{scale} {exaggerated}.",
        "address": title,
        "link": permalink,
        "exaggeration": exaggerated,
        "generator": str(GENERATOR_VERSION),
    }


def words_of(job: Export) -> tuple[str, str, str]:
    """Title, permalink and exaggeration of what is exported."""
    from viewer.measure import exaggeration
    from viewer.whereabouts import outside

    flat = job.address is not None and bool(job.address.tile or job.address.steps)
    flat = flat if job.seen is None else not outside(job.state)
    bundled = "nothing is exaggerated" if flat else exaggeration(job.state.city)
    return named(job), link(replace(job.state, cuts=job.cuts or job.state.cuts)), bundled


def make_export(job: Export, report: Report) -> dict[str, Any]:
    """Write an export, whole or not at all; what was made. Raises OutputError, Cancelled, LimitError."""
    from geometry.city import City
    from viewer.files.fitting import fitted, said_of_holes

    start = time.perf_counter()
    city, words = City(job.state.city), words_of(job)
    _, permalink, exaggerated = words
    said: list[str] = []
    checks: list[Check] = []
    with report.progress(f"Writing {job.output}") as advance, fitted(job, city, lambda part: advance(0.0)) as (job, kept):
        said += said_of_holes(job)
        made = made_of(job, city, words, advance, said, checks, kept)
    first = made[0]
    from viewer.files.prints import summed

    whole = summed(made)
    return {
        "output": job.output if len(made) == 1 else str(first.path),
        "outputs": [str(one.path) for one in made],
        "triangles": whole.triangles,
        "bytes": whole.bytes,
        "pieces": whole.pieces,
        "dropped": whole.dropped,
        "thin": whole.thin,
        "metres_per_unit": 1.0 / first.scale,
        "exaggeration": exaggerated,
        "seconds": round(time.perf_counter() - start, 2),
        "link": permalink,
        "said": said,
        "checks": _tables(checks),
    }


def _tables(checks: list[Check]) -> list[dict[str, Any]]:
    if not checks:
        return []
    from viewer.files.soundness import table_of

    return [table_of(found) for found in checks]


def _begun(job: Export) -> NDArray[np.float64] | None:
    """What the work needs is loaded, and the place looked up: it takes longer than a wish to cancel may wait. The axes of the file."""
    import geometry.budget

    if job.suffix.startswith(".usd"):
        import geometry.export.usd  # noqa: F401
    return axes_of(job)


def made_of(
    job: Export,
    city: City,
    words: tuple[str, str, str],
    advance: Advance,
    said: list[str],
    checks: list[Check] | None = None,
    kept: Iterable[Piece] | None = None,
) -> list[Made]:
    """The files; what is said of them, and what was found in prints that were read back, is added to the lists. `kept`: places that were
    unfolded already (viewer.files.fitting)."""
    from geometry.export.behind import attended

    axes = attended(lambda: _begun(job), lambda: advance(0.0))
    from viewer.files import models, prints

    title, permalink, exaggerated = words
    pieces = pieces_of(job, advance) if kept is None else kept
    cut = kept is not None and job.wish is None

    def told(part: float, _text: str) -> None:
        advance(part)

    if job.suffix in PRINTS:
        notes = _notes(job, title, permalink, exaggerated)
        if job.wish is None:
            made = prints.write_places(job, pieces if cut else sliced_pieces(job, pieces, city), title, notes, axes, told, said)
        else:
            made, layout = prints.make_print(job, pieces, taken_from(job, city), axes, notes, told)
            said += prints.said_of(layout, made, exaggerated)
        lines, found = prints.said_of_made(job, made, told)
        said += lines
        if checks is not None:
            checks += found
        return made
    if job.suffix in DRAWINGS:
        return [models.make_drawing(job, pieces, axes, words, told)]
    return models.make_model(job, pieces if cut else sliced_pieces(job, pieces, city), axes, words, told, said)
