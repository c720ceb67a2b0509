"""Dives to places drawn by lot: python benchmarks/dive_addresses.py [--seeds 40 3 7 12] [--each 6] [--only N ...] [--fine]
        [--log FILE]

For each it looks for the way, and counts the samples of it that lie in solids, the widest step and turn of the camera from frame to
frame of 1,800, and the time of the search; `--fine` asks every straight piece of the way, some ten thousand, whether it meets anything
at all out of doors. One line an address; a log is taken up where it was broken off. Ends with 1 if an eye was ever in a solid, or a place
had no way.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geometry.city import City
from geometry.holes import Bands, facing, finest_of, open_at, tile_of
from geometry.nest import cell_place
from geometry.place import Place
from geometry.spec import CitySpec
from geometry.strata import strata
from viewer.compose import Unfolder
from viewer.errors import InputError
from viewer.journey.dive import Path as Way
from viewer.journey.dive import path_to, place_at
from viewer.journey.ground import INTERIORS
from viewer.journey.obstacles import F64, Line, Obstacles

KINDS = ("district", "hall", "corridor", "stair", "canyon", "tower", "room", "walkway", "tile", "village", "terrace", "bridge")
"""Kinds of places that are dived to, one after the other."""
SAMPLES, FRAMES = 600, 1800


def layer_at(spec: CitySpec, lot: random.Random) -> Bands:
    """The path of bands to a layer drawn by lot."""
    layer, bands = lot.randrange(spec.layers), tuple[int, ...]()
    while True:
        rows = strata(spec, bands)
        index = next(i for i, row in enumerate(rows) if row.low <= layer < row.high)
        bands = (*bands, index)
        if rows[index].high - rows[index].low == 1:
            return bands


def tile_by_lot(spec: CitySpec, lot: random.Random, shallower: int = 0) -> Place:
    """A tile of any layer, where its plate is whole."""
    while True:
        bands = layer_at(spec, lot)
        toward = np.array([lot.gauss(0.0, 1.0) for _ in range(3)])
        depth = finest_of(spec, bands) - 3
        face, column, row = facing(toward)
        if not open_at(spec, bands, toward):
            tile = tile_of(face, int(column * (1 << depth)), int(row * (1 << depth)), depth)
            return cell_place(spec, bands, tile[: max(len(tile) - shallower, 2)])


def place_by_lot(city: City, unfold: Unfolder, kind: str, number: str) -> Place:
    """A place of a kind, anywhere in a City."""
    lot = random.Random(f"{city.spec.seed} {kind} {number}")
    if kind == "tile":
        return tile_by_lot(city.spec, lot, lot.randrange(4))
    for _ in range(400):
        place = tile_by_lot(city.spec, lot)
        for _ in range(6):
            children = [child for child in unfold(place).children if child.kind != "builder"]
            wanted = [child for child in children if child.kind == kind]
            if wanted:
                return lot.choice(wanted)
            inner = [child for child in children if child.kind in ("district", "block")] if kind in INTERIORS else children
            if not inner and not children:
                break
            place = lot.choice(inner or children)
    raise LookupError(f"no {kind} was found")


def measured(way: Way, obstacles: Obstacles, fine: bool, samples: int = SAMPLES) -> dict[str, Any]:
    """What there is to say of a way."""
    cameras = [way.camera(share) for share in np.linspace(0.0, 1.0, samples)]
    eyes = [np.asarray(camera.position) for camera in cameras]
    free = [obstacles.free(eye) for eye in eyes]
    holders = Counter(_holder(obstacles, eye) for eye, ok in zip(eyes, free, strict=True) if not ok)
    where = [index for index, ok in enumerate(free) if not ok]
    end = way.camera(1.0)
    return {
        "in_solids": len(where),
        "of": samples,
        "holders": dict(holders),
        "where": [where[0], where[-1]] if where else [],
        "crossed": _crossed(way, obstacles) if fine else None,
        "end": round(end.distance, 1),
    } | _smoothness(way)


def _crossed(way: Way, obstacles: Obstacles) -> int:
    """How many straight pieces of a way meet a solid, however small; indoors, where masses are hollow, they are not asked."""
    count = 0
    for a, b in pairwise(way.offset + way.goal):
        if not any(place.kind in INTERIORS for point in (a, b) for place in obstacles.about(point)):
            count += obstacles.met(Line(a, b, 0.0)) is not None
    return count


def _holder(obstacles: Obstacles, eye: F64) -> str:
    """What a point lies in, in a few words."""
    if obstacles.plated(eye):
        return "plate"
    place = obstacles.holds(eye)
    return "nothing" if place is None else str(place.address).split(" / ", 2)[-1][-60:]


def _smoothness(way: Way) -> dict[str, float]:
    """The widest turn from frame to frame, degrees, and the widest step, in parts of what is left to go."""
    cameras = [way.camera(share) for share in np.linspace(0.0, 1.0, FRAMES)]
    sights = np.array([camera.forward for camera in cameras])
    turns = np.degrees(np.arccos(np.clip((sights[1:] * sights[:-1]).sum(axis=1), -1.0, 1.0)))
    eyes = np.array([camera.position for camera in cameras]) - way.goal
    steps, left = np.sqrt((np.diff(eyes, axis=0) ** 2).sum(axis=1)), np.sqrt((eyes[1:] ** 2).sum(axis=1)) + cameras[-1].distance
    return {"turn": round(float(turns.max()), 2), "step": round(float((steps / left).max()), 3)}


def dived(city: City, unfold: Unfolder, kind: str, number: int, fine: bool) -> dict[str, Any]:
    """One address drawn by lot, dived to and measured."""
    try:
        place = place_by_lot(city, unfold, kind, str(number))
    except LookupError:  # the City has few of them
        kind, place = "tile", place_by_lot(city, unfold, "tile", str(number))
    address = str(place.address)
    row = {"seed": city.spec.seed, "number": number, "kind": kind, "address": address}
    began = process_time()
    try:
        way = path_to(city, place_at(city.spec, address))
    except InputError as error:
        return row | {"seconds": round(process_time() - began, 1), "error": str(error)}
    return row | {"seconds": round(process_time() - began, 1)} | measured(way, Obstacles(city, unfold), fine)


def _told(row: dict[str, Any]) -> str:
    head = f"{row['seed']:>4} {row['number']:>2} {row['kind']:<9} {row['seconds']:6.1f} s"
    if "error" in row:
        return f"{head}  no way: {row['error']}"
    found = f"{row['in_solids']:>3}/{row['of']} in solids, {row['crossed']} pieces meet one, turn {row['turn']:.1f}, step {row['step']:.3f}"
    return f"{head}  {found}, ends {row['end']} m off  {row['holders'] or ''} {row['where'] or ''}"


def main() -> int:
    """1 if something was wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, nargs="+", default=[40, 3, 7, 12])
    options.add_argument("--each", type=int, default=6)
    options.add_argument("--only", type=int, nargs="+", help="these numbers alone")
    options.add_argument("--fine", action="store_true", help="ask every piece of the way, too")
    options.add_argument("--log", type=Path, help="one line of JSON an address")
    given = options.parse_args()
    log: Path | None = given.log
    known = [json.loads(line) for line in log.read_text().splitlines()] if log is not None and log.exists() else []
    rows = {(row["seed"], row["number"]): row for row in known}
    for turn, seed in enumerate(given.seeds):
        city = City(CitySpec(seed=seed))
        unfold = Unfolder(city)
        for number in given.only or range(given.each):
            if (seed, number) not in rows:
                rows[seed, number] = dived(city, unfold, KINDS[(number + turn * given.each) % len(KINDS)], number, given.fine)
                if log is not None:
                    log.open("a").write(json.dumps(rows[seed, number]) + "\n")
            print(_told(rows[seed, number]), flush=True)
    found = [row for row in rows.values() if "error" not in row]
    bad, hit = sum(row["in_solids"] for row in found), sum(row["in_solids"] > 0 for row in found)
    seconds = sorted(row["seconds"] for row in rows.values())
    print(f"{len(found)} of {len(rows)} addresses have a way; {bad} of {sum(row['of'] for row in found)} samples in solids, on {hit} ways;")
    print(f"{sum(row['crossed'] or 0 for row in found)} pieces meet a solid;", end=" ")
    print(f"{seconds[len(seconds) // 2]:.0f} s of processor for a search, median; {seconds[-1]:.0f} at most")
    return int(bad > 0 or len(found) < len(rows))


if __name__ == "__main__":
    sys.exit(main())
