"""Many small exports through the programs people use: `python benchmarks/matrix.py [FOLDER]` (programs as in clients.py).

Kinds of place x formats and modes x seeds. Prints a line a file that somebody finds fault with, then the sums; exits 1 if there are any.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent))

from clients import admesh, slicer, three

from geometry.city import City
from geometry.export import check_mesh
from geometry.search import first
from viewer.command.cli import main as command

SEEDS = (40, 7)
WAYS: dict[str, tuple[str, ...]] = {
    "merged.glb": (),
    "instanced.glb": ("--mode", "instanced"),
    "nodes.glb": ("--mode", "nodes"),
    "night.glb": ("--light", "night", "--ao"),
    "cut.glb": ("--slice", "wedge:-45,90"),
    "plain.stl": (),
    "base.stl": ("--base", "--thin", "thicken"),
    "plain.3mf": (),
    "drop.3mf": ("--base", "--thin", "drop", "--fit", "120mm"),
    "plain.ply": ("--ao",),
}
_BUDGET = {"city": "100000"}
_VALIDATE = """
const v = require('gltf-validator'), fs = require('fs');
(async () => { for (const f of process.argv.slice(1)) {
  const r = await v.validateBytes(new Uint8Array(fs.readFileSync(f)), {maxIssues: 0});
  console.log(JSON.stringify({file: f, errors: r.issues.numErrors, warnings: r.issues.numWarnings})); } })();
"""
_BLENDER = """
import bpy, json, sys
for f in sys.argv[sys.argv.index('--') + 1:]:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    if f.endswith('.ply'):
        bpy.ops.wm.ply_import(filepath=f)
    else:
        bpy.ops.import_scene.gltf(filepath=f)
    graph = bpy.context.evaluated_depsgraph_get()
    seen = [i.object for i in graph.object_instances if i.object.type == 'MESH']
    count = sum(sum(len(p.vertices) - 2 for p in o.data.polygons) for o in seen)
    print('RESULT' + json.dumps(dict(file=f, triangles=count)), flush=True)
"""


def places(seed: int) -> dict[str, str | None]:
    """A place of each kind, by its address without the seed; None is the whole City."""
    city = City(seed=seed)
    found: dict[str, str | None] = {"city": None, "band": "band 7", "tile": "band 7 / tile 3-02"}
    for kind in ("district", "canyon", "shaft"):
        found[kind] = str(first(city, kind).address).partition(" / ")[2]
    return found


def exported(folder: Path) -> Iterator[Path]:
    """All files, made by the command."""
    for seed in SEEDS:
        for (kind, address), (way, flags) in product(places(seed).items(), WAYS.items()):
            if way == "cut.glb" and kind != "city":
                continue
            path = folder / f"{kind}-{seed}-{way}"
            words = [
                "export",
                *([address] if address else []),
                "--seed",
                str(seed),
                "-o",
                str(path),
                "--max-triangles",
                _BUDGET.get(kind, "30000"),
                "-q",
                "-f",
            ]
            code = command([*words, *flags])
            if code == 0:
                yield path
            elif code != 6:  # a band as an STL is thinner than a print can hold: said, and nothing is written
                raise SystemExit(f"{path.name}: exit code {code}")


def validated(paths: list[Path]) -> list[str]:
    """Files in which the Khronos validator finds an error or a warning."""
    done = subprocess.run(["node", "-e", _VALIDATE, *map(str, paths)], capture_output=True, text=True, check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    if len(rows) < len(paths):
        return [f"the validator gave up: {done.stderr[:200]}"]
    return [f"validator: {row}" for row in rows if row["errors"] or row["warnings"]]


def blended(paths: list[Path]) -> list[str]:
    """Files whose triangles Blender counts otherwise than we do."""
    done = subprocess.run([os.environ["BPY_PYTHON"], "-c", _BLENDER, "--", *map(str, paths)], capture_output=True, text=True, check=False)
    rows = [json.loads(line[6:]) for line in done.stdout.splitlines() if line.startswith("RESULT")]
    if len(rows) < len(paths):
        return [f"Blender gave up after {len(rows)} of {len(paths)}: {done.stderr[-300:]}"]
    counts = {row["file"]: row["triangles"] for row in rows}
    wanted = {str(path): check_mesh(path).triangles for path in paths}
    return [f"Blender: {Path(file).name} {count} of {wanted[file]}" for file, count in counts.items() if count != wanted[file]]


def main(arguments: list[str]) -> int:
    """Make, open, count."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(arguments[0] if arguments else name)
        folder.mkdir(exist_ok=True)
        paths = list(exported(folder))
        kinds = Counter(path.suffix for path in paths)
        faults = [f"check: {path.name}" for path in paths if not check_mesh(path).ok]
        screens = [path for path in paths if path.suffix == ".glb"]
        tried = ["our check"]
        if shutil.which("node"):
            faults += validated(screens)
            tried.append("validator")
        if "BPY_PYTHON" in os.environ:
            faults += blended([*screens, *(path for path in paths if path.suffix == ".ply")])
            tried.append("Blender")
        others = (
            ("three", "CHROMIUM" in os.environ, three, (".glb",)),
            ("admesh", shutil.which("admesh") is not None, admesh, (".stl",)),
            ("prusa-slicer", shutil.which("prusa-slicer") is not None, slicer, (".stl", ".3mf")),
        )
        for program, present, client, suffixes in others:
            if present:
                asked = [(path, client(path)) for path in paths if path.suffix in suffixes]
                faults += [f"{program}: {path.name} {said}" for path, (good, said) in asked if not good]
                tried.append(program)
        print("\n".join(faults) or "no fault")
        print(json.dumps({"files": len(paths), **kinds, "opened with": tried, "faults": len(faults)}))
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
