"""What a dive costs: python benchmarks/dive.py [--every 10] [--size 960 540] [--frames 1800] [--between 600 700] [--dense] [--keep FOLDER]

Films a recorded dive as `film dive` does, one stretch between two cuts in so many, and prints ratios of one run: the slowest frame to the
median; what the thread that draws has to do before it draws (uniforms, and where there is another content, its arrays to VTK) and what
that of a swap is; what the thread that cuts does meanwhile; pops (the share of pixels that change when, with the same camera, the mixture
of cuts of the frame before gives way to the frame's own); the memory of the second half to that of the first; and triangles a second
against bare VTK with the same glyphs, with what each pass has of a frame. `--between` films only the stretches between two frames,
`--dense` looks for pops in each of their frames. `--keep` writes the frames of the worst pops: before, after, and what changed.
What many layers cost is told by benchmarks/layers.py.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import clock_gettime, perf_counter, process_time, pthread_getcpuclockid, thread_time
from typing import Any
from unittest.mock import patch

import numpy as np
from PIL import Image
from vtkmodules.vtkRenderingCore import vtkActor, vtkGlyph3DMapper, vtkPolyDataMapper, vtkRenderer

from geometry.solids import prototypes
from geometry.spec import CitySpec
from viewer.compose import content, scene
from viewer.drawing.picture import offscreen
from viewer.drawing.reel import Reel
from viewer.drawing.renderer import Renderer
from viewer.drawing.upload import instance_data, mesh_data
from viewer.journey.dive import dive
from viewer.scene import LIVE_TRIANGLES, Content
from viewer.state import ViewState

_CHANGED = 12
"""Steps of 255 by which a pixel differs that has popped."""
_KEPT = 12
"""How many of the worst pops are written."""
_TOLD = 10
"""How many of them are told."""
_ROUNDS = 3


def resident() -> float:
    """Bytes of memory that this process holds now."""
    return float(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096.0


@dataclass
class Found:
    """What one dive showed, a row a frame."""

    frame: list[float] = field(default_factory=list)
    """Seconds of processor of each frame, all threads but the one that cuts: other programs do not lengthen it."""
    wall: list[float] = field(default_factory=list)
    """Seconds by the clock of each frame."""
    handed: list[float] = field(default_factory=list)
    """Seconds that the drawing thread took in each frame before it drew."""
    swap: list[float] = field(default_factory=list)
    """The same of those frames that had another content."""
    cut: list[float] = field(default_factory=list)
    """Seconds of the other thread's processor a content."""
    triangles: list[float] = field(default_factory=list)
    pops: list[float] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    """The frames of the pops."""
    memory: list[float] = field(default_factory=list)
    worst: list[tuple[float, int, Any]] = field(default_factory=list)
    speed: list[tuple[float, float]] = field(default_factory=list)
    """Bare VTK's seconds to ours, frame and G-buffer."""
    passes: list[dict[str, float]] = field(default_factory=list)
    """Parts of a frame that each pass takes."""


@contextmanager
def timed(found: Found) -> Iterator[list[float]]:
    """While it lasts, renderers add to the number given here how long they take before they draw, and the cutter says what it takes."""
    spent = [0.0]
    show = Renderer.show

    def shown(*given: Any) -> None:
        began = perf_counter()
        show(*given)
        spent[0] += perf_counter() - began

    def cut(*given: Any, **named: Any) -> Content:
        began = thread_time()
        what = content(*given, **named)
        found.cut.append(thread_time() - began)
        found.triangles.append(what.triangles)
        return what

    with patch.object(Renderer, "show", shown), patch("viewer.drawing.reel.content", cut):
        yield spent


def stretch(found: Found, camera: Reel, which: int, spent: list[float], dense: bool, keep: bool) -> None:
    """Draw the frames from one cut to the next; the pops of three of them, or of all if `dense`."""
    before, after = camera.marks[which], camera.marks[which + 1]
    camera._content(before)
    camera._content(after)  # a film has cut it while it drew what came before
    camera.draw(before)
    clock = pthread_getcpuclockid(next(each.ident or 0 for each in threading.enumerate() if each.name.startswith("cutter")))
    looked = set(range(before + 1, after + 1)) if dense else {before + 1, (before + after + 1) // 2, after}
    for at in range(before + 1, after + 1):
        if at == after and which + 2 < len(camera.marks):
            camera._ask(which + 2)
            camera._asked[which + 2].result()
        shown, spent[0] = dict(camera._shown), 0.0
        began, used, cutter = perf_counter(), process_time(), clock_gettime(clock)
        picture = camera.draw(at)
        found.frame.append(process_time() - used - (clock_gettime(clock) - cutter))
        found.wall.append(perf_counter() - began)
        found.handed.append(spent[0])
        if shown != camera._shown:
            found.swap.append(spent[0])
        if at in looked:
            old = camera.mixed(at, before, after, (at - 1 - before) / (after - before))
            changed = np.abs(old.astype(np.int16) - picture).max(axis=-1)
            found.pops.append(float((changed > _CHANGED).mean()))
            found.at.append(at)
            pictures = (old, picture, changed) if keep else ()
            found.worst = sorted([*found.worst, (found.pops[-1], at, pictures)], key=lambda row: -row[0])[:_KEPT]
    found.memory.append(resident())


def bare(what: Content, window: Any) -> vtkRenderer:
    """VTK as it comes: the same glyphs and plates, one light, no shader of ours."""
    renderer = vtkRenderer()
    mapper = vtkGlyph3DMapper()
    for index, mesh in enumerate(prototypes()):
        mapper.SetSourceData(index, mesh_data(mesh.points.astype(np.float32), mesh.normals.astype(np.float32), mesh.triangles))
    mapper.SetSourceIndexing(True)
    mapper.SetSourceIndexArray("prototype")
    mapper.SetOrientationArray("rotation")
    mapper.SetOrientationModeToQuaternion()
    mapper.SetScaleArray("scale")
    mapper.SetScaleModeToScaleByVectorComponents()
    mapper.ScalarVisibilityOff()
    mapper.SetInputData(instance_data(what.instances, np.arange(len(what.instances.prototype))))
    plates = vtkPolyDataMapper()
    plates.SetVBOShiftScaleMethod(0)  # as in plain.py
    plates.SetInputData(mesh_data(what.surface.points, what.surface.normals, what.surface.triangles))
    for each in (mapper, plates):
        actor = vtkActor()
        actor.SetMapper(each)
        renderer.AddActor(actor)
    window.SetMultiSamples(0)
    window.AddRenderer(renderer)
    return renderer


def speeds(found: Found, camera: Reel, which: int) -> None:
    """Seconds of processor of bare VTK for one content, in parts of ours: of all of a frame, and of its G-buffer alone."""
    at = camera.marks[which]
    camera.draw(at)
    what, state = camera._content(at), camera.states[at]
    side = next(side for side, shown in camera._shown.items() if shown is what)
    ours, window = camera._samplers[side]._renderer, offscreen(*camera.size)
    ours.show(scene(state, what))
    renderer, eye = bare(what, window), state.camera
    sight = renderer.GetActiveCamera()
    sight.SetPosition(*(np.asarray(eye.position) - what.anchor))
    sight.SetFocalPoint(*(np.asarray(eye.position) - what.anchor + eye.forward * eye.distance))
    sight.SetViewUp(*eye.upward)
    sight.SetViewAngle(eye.fov)
    sight.SetClippingRange(1e-3 * eye.distance, 2e3 * eye.distance)
    passes = ours.seconds_by_pass(_ROUNDS, mapped=True)
    plain = []
    for _ in range(_ROUNDS + 1):
        began = process_time()
        window.Render()
        window.WaitForCompletion()
        plain.append(process_time() - began)
    window.Finalize()
    found.speed.append((min(plain[1:]) / sum(passes.values()), min(plain[1:]) / passes["gbuffer"]))
    found.passes.append({name: seconds / sum(passes.values()) for name, seconds in passes.items()})


def measure(spec: CitySpec, given: argparse.Namespace) -> Found:
    """Film stretches of the dive of a City."""
    began, found, last = process_time(), Found(), given.frames - 1
    tour = dive(ViewState(city=spec), None, 60.0)
    states = [tour.state_at(60.0 * at / last) for at in range(given.frames)]
    camera = Reel(states, tuple(given.size), 1, LIVE_TRIANGLES)
    print(f"{spec.layers:,} layers: way and {len(camera.marks)} cuts of {given.frames} frames planned in {process_time() - began:.1f} s")
    first, end = given.between
    chosen = [which for which in range(given.every // 2, len(camera.marks) - 1, given.every) if first <= camera.marks[which] < end]
    with timed(found) as spent:
        for which in chosen:
            stretch(found, camera, which, spent, given.dense, bool(given.keep))
    for which in chosen[::4]:  # after all else: windows of bare VTK are not a film's memory
        speeds(found, camera, which)
    camera.close()
    return found


def told(found: Found, size: tuple[int, int]) -> None:
    """Print what was measured."""
    frames, pops, half = np.array(found.frame), 100.0 * np.array(found.pops), len(found.memory) // 2
    middle, handed, wall = float(np.median(frames)), 1e3 * np.array(found.handed), np.array(found.wall)
    print(f"{len(frames)} frames of {size[0]} x {size[1]}, {np.median(found.triangles):,.0f} triangles a content")
    print(
        f"slowest / median frame {frames.max() / middle:.2f} ({1e3 * middle:.0f} ms) by the processor; {wall.max() / np.median(wall):.2f}",
        end="",
    )
    print(f" ({1e3 * np.median(wall):.0f} ms) by the clock")
    print(f"select, unfold and lay out {1e3 * np.median(found.cut):.0f} ms a content, in a thread of its own")
    print(f"on the drawing thread before it draws {np.median(handed):.1f} ms a frame, median; {handed.mean():.1f} mean")
    print(f"of that, a frame with another content {1e3 * np.median(found.swap):.0f} ms; {len(found.swap)} of {len(frames)} frames have one")
    print(f"pops {np.median(pops):.3f} % of pixels a frame, median; {pops.mean():.3f} % mean; {pops.max():.2f} % worst")
    worst = ", ".join(f"{100.0 * share:.2f} at {at}" for share, at, _ in found.worst[:_TOLD])
    print(f"worst pops, % of pixels at a frame: {worst}")
    if half:
        print(f"memory, second half / first half {np.mean(found.memory[half:]) / np.mean(found.memory[:half]):.3f}")
    frame, gbuffer = np.median(np.array(found.speed), axis=0)
    print(f"triangles a second / bare VTK's {frame:.2f}; of the pass that draws triangles {gbuffer:.2f}")
    shares = {name: np.median([one.get(name, 0.0) for one in found.passes]) for name in found.passes[-1]}
    print("of a frame: " + ", ".join(f"{name} {100.0 * share:.0f} %" for name, share in sorted(shares.items(), key=lambda row: -row[1])))


def kept(found: Found, folder: Path) -> None:
    """Write the frames of the worst pops."""
    folder.mkdir(parents=True, exist_ok=True)
    for share, at, (old, new, changed) in found.worst:
        grey = np.repeat(np.minimum(changed * 8, 255).astype(np.uint8)[..., None], 3, axis=-1)
        Image.fromarray(np.concatenate([old, new, grey], axis=1)).save(folder / f"{at:04d}_{100.0 * share:.2f}.png")


def main() -> None:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=1800)
    parser.add_argument("--every", type=int, default=8, help="one stretch between cuts in so many is filmed; 1 is the whole dive")
    parser.add_argument("--size", type=int, nargs=2, default=[960, 540])
    parser.add_argument("--between", type=int, nargs=2, default=[0, 10**9], help="frames")
    parser.add_argument("--dense", action="store_true", help="look for pops in every frame that is filmed, not in three a stretch")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    one = measure(CitySpec(), given)
    told(one, given.size)
    if given.keep is not None:
        kept(one, given.keep)


if __name__ == "__main__":
    main()
