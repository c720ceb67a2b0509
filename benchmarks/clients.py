"""Open exported files in the programs people use and print what they see: `python benchmarks/clients.py [--same] [--gcode] FILE …`.

GLB: the Khronos validator (npm `gltf-validator`, found through NODE_PATH), Blender (pip `bpy`; its interpreter in BPY_PYTHON) and
three.js in a headless Chromium (npm `three` and `playwright-core`; the browser's path in CHROMIUM).
`--same`: the GLBs are of one place, and three.js must draw the same silhouette of all of them.
STL, 3MF: admesh (STL alone) and prusa-slicer, from PATH. `--gcode`: slice them for a printer, which takes minutes.
GLB, STL, PLY: F3D, from PATH, without a screen through xvfb-run.
A program that is not installed is said to be absent. Exits 1 when one finds fault.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent.parent))

from geometry.export import check_mesh

_EDGES = 0.01
_TOLD = (";LAYER_CHANGE", "; filament used [cm3]", "; estimated printing time (normal")
_VALIDATE = """
const v = require('gltf-validator'), fs = require('fs');
v.validateBytes(new Uint8Array(fs.readFileSync(process.argv[1])), {maxIssues: 0}).then(r => console.log(JSON.stringify(
  {...r.issues, messages: r.issues.messages.slice(0, 5), triangles: r.info?.totalTriangleCount, materials: r.info?.materialCount})));
"""
_BLENDER = """
import bpy, json, sys
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_scene.gltf(filepath=sys.argv[-1])
bpy.context.view_layer.update()
graph = bpy.context.evaluated_depsgraph_get()
meshes = [i.object for i in graph.object_instances if i.object.type == 'MESH']
triangles = sum(len(o.data.loop_triangles) or sum(len(p.vertices) - 2 for p in o.data.polygons) for o in meshes)
names = sorted(o.name for o in bpy.data.objects)
shaders = {m.name: m.node_tree.nodes['Principled BSDF'] for m in bpy.data.materials if m.node_tree}
strengths = {name: node.inputs['Emission Strength'].default_value for name, node in shaders.items()}
print('RESULT' + json.dumps(dict(triangles=triangles, objects=len(names), names=names[:4],
    materials=sorted(m.name for m in bpy.data.materials), emission={k: v for k, v in strengths.items() if v})))
"""


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=3600, check=False)
    return done.stdout + done.stderr


def validator(path: Path) -> tuple[bool, str]:
    """Khronos: no errors, no warnings."""
    text = _run(["node", "-e", _VALIDATE, str(path)])
    if not text.startswith("{"):
        return False, text[:300]
    found = json.loads(text.splitlines()[0])
    return found["numErrors"] == 0 and found["numWarnings"] == 0, json.dumps(found)


def blender(path: Path) -> tuple[bool, str]:
    """Blender counts the triangles that we count."""
    text = _run([os.environ["BPY_PYTHON"], "-c", _BLENDER, str(path)])
    found = json.loads(text.split("RESULT")[-1].splitlines()[0])
    return found["triangles"] == check_mesh(path).triangles, json.dumps(found)


def three(path: Path) -> tuple[bool, str]:
    """three.js counts the triangles that we count, and draws them all."""
    text = _run(["node", str(Path(__file__).parent / "three_count.cjs"), str(path), os.environ["CHROMIUM"]])
    if not text.startswith("{"):
        return False, text[:300]
    found, wanted = json.loads(text.splitlines()[0]), check_mesh(path).triangles
    return found.get("triangles") == found.get("drawn") == wanted, json.dumps(found)


def silhouettes(paths: list[Path]) -> tuple[bool, str]:
    """three.js draws one outline of them all, but for pixels along edges: the share of the first's that differs is said."""
    masks = []
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(paths):
            picture = Path(folder) / f"{number}.png"
            _run(["node", str(Path(__file__).parent / "three_count.cjs"), str(path), os.environ["CHROMIUM"], str(picture)])
            pixels = np.asarray(Image.open(picture).convert("RGB"), np.int16)
            masks.append((np.abs(pixels - pixels[1, 1]) > 2).any(axis=2))
    shares = [float((mask != masks[0]).sum() / masks[0].sum()) for mask in masks]
    return masks[0].mean() > 0.01 and max(shares) < _EDGES, ", ".join(f"{share:.2%}" for share in shares)


def admesh(path: Path) -> tuple[bool, str]:
    """No facet lacks a neighbour, none is degenerate. Facets are matched corner by corner (exact)."""
    text = _run(["admesh", "--exact", "--normal-values", "--normal-directions", str(path)])
    wanted = [line.strip() for line in text.splitlines() if re.search("Total disconnected|Degenerate|Normals fixed|Number of facets", line)]
    open_facets = re.search(r"Total disconnected facets\s*:\s*(\d+)\s*(\d+)?", text)
    return open_facets is not None and {group for group in open_facets.groups() if group} == {"0"}, " | ".join(wanted)


def f3d(path: Path) -> tuple[bool, str]:
    """F3D draws it; it is not asked for instances, of which it shows lone prototypes."""
    if path.suffix == ".glb" and b"EXT_mesh_gpu_instancing" in path.read_bytes():
        return True, "not asked: it knows no instances"
    screen = [] if "DISPLAY" in os.environ else ["xvfb-run", "-a"]
    view = ["--no-background", "--resolution", "600,400", "--up", "+Y" if path.suffix == ".glb" else "+Z"]
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "a.png"
        said = _run([*screen, "f3d", "--dry-run", *view, "--output", str(picture), str(path)])
        drawn = float((np.asarray(Image.open(picture))[..., 3] > 0).mean()) if picture.exists() else 0.0
    return drawn > _EDGES, f"covers {drawn:.1%} of its picture {said.strip()[-200:]}"


def slicer(path: Path) -> tuple[bool, str]:
    """PrusaSlicer says manifold."""
    lines = [
        line
        for line in _run(["prusa-slicer", "--info", str(path)]).splitlines()
        if re.match(r"manifold|number_of|open_edges|size_[xyz]", line)
    ]
    return any(line.replace(" ", "") == "manifold=yes" for line in lines), " | ".join(lines)


def gcode(path: Path) -> tuple[bool, str]:
    """PrusaSlicer slices it for a 0.4 mm nozzle in layers of 0.3 mm, says nothing of open edges or repairs, and plastic is laid down."""
    with tempfile.TemporaryDirectory() as folder:
        made, start = Path(folder) / "a.gcode", time.perf_counter()
        said = _run(["prusa-slicer", "--export-gcode", "--fill-density", "10%", "--layer-height", "0.3", "-o", str(made), str(path)])
        if not made.exists():
            return False, said[-300:]
        with made.open(errors="replace") as lines:
            kept = [line for line in lines if line.startswith(_TOLD)]
    layers, facts = kept.count(_TOLD[0] + "\n"), [line[2:].strip() for line in kept if not line.startswith(_TOLD[0])]
    good = layers > 1 and not re.search("open edge|repair|auto-?fix|empty layer", said, re.IGNORECASE)
    return good, f"{layers} layers, {', '.join(facts)}, {time.perf_counter() - start:.0f} s"


_F3D = ("f3d", shutil.which("f3d") is not None, f3d)
_SLICER = ("prusa-slicer", shutil.which("prusa-slicer") is not None, slicer)
CLIENTS: dict[str, list[tuple[str, bool, Callable[[Path], tuple[bool, str]]]]] = {
    ".glb": [
        ("validator", shutil.which("node") is not None, validator),
        ("blender", "BPY_PYTHON" in os.environ, blender),
        ("three", "CHROMIUM" in os.environ, three),
        _F3D,
    ],
    ".stl": [("admesh", shutil.which("admesh") is not None, admesh), _SLICER, _F3D],
    ".ply": [_F3D],
    ".3mf": [_SLICER],
}


def main(words: list[str]) -> int:
    """Print a line a client; 1 when one finds fault, 2 where there is nothing to open."""
    good, paths = True, [Path(word) for word in words if not word.startswith("--")]
    unknown = [str(path) for path in paths if not path.is_file() or path.suffix not in CLIENTS]
    if unknown or not paths:
        print(f"error: {unknown[0]} is no file of {', '.join(CLIENTS)}" if unknown else "error: give a file", file=sys.stderr)
        return 2
    if "--same" in words and "CHROMIUM" in os.environ:
        good, text = silhouettes(paths)
        print(f"three, silhouettes: {'ok' if good else 'FAULT'}  {text}")
    for path in paths:
        mesh = check_mesh(path)
        print(f"{path}: {mesh}")
        asked = CLIENTS[path.suffix]
        if "--gcode" in words and path.suffix in (".stl", ".3mf"):
            asked = [*asked, ("g-code", shutil.which("prusa-slicer") is not None, gcode)]
        for name, present, client in asked:
            passed, text = client(path) if present else (True, "absent")
            good &= passed
            print(f"  {name}: {'ok' if passed else 'FAULT'}  {text}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
