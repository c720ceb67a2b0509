"""The motif library: what the Builders built while they still knew how (canon part 5, motifs misremembered later, S49).

A motif is drawn in its own axes: u along the wall, v up it (on floors: to the north), w out of it, standing on w = 0.
Numbers are 1/64 of a unit; where the unit is 3 m a door is 45 high and a rail 21.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from geometry.material import Material
from geometry.solids import PROTOTYPE_IDS

Side = Literal["wall", "floor", "ceiling"]
Grain = Literal["giant", "middle", "human"]
Box = tuple[int, int, int]
Range = tuple[int, int]

C, O, S, D = Material.CONCRETE, Material.OLD_CONCRETE, Material.STEEL, Material.DARK_STEEL  # noqa: E741
K, H, L, W = Material.CABLE, Material.DWELLING, Material.COLD_LIGHT, Material.WARM_LIGHT
R = Material.RUST
MAX_PARTS = 28

TURN = {"floor": 16, "wall": 10, "back": 8, "up": 17, "out": 9, "side": 3, "bracket": 15, "brace": 11}
"""Turns by what they do to a prototype (x along, z up): `wall` x along u, z up v; `back` the same seen from behind; `floor`
as it is; `up` x along v; `out` x along w; `side` z along u; `bracket` a wedge under a ledge; `brace` one sloping up to the wall."""


class Part(NamedTuple):
    """One prototype in a fragment, 1/64 unit."""

    prototype: int
    low: Box
    high: Box
    turn: int
    material: int


@dataclass(frozen=True, slots=True)
class Fragment:
    """A remembered piece of building: at most 28 parts, what it hangs on, and at which scale it belongs."""

    parts: tuple[Part, ...]
    side: Side
    grain: Grain
    motif: int
    """Row of MOTIFS its memory goes back to."""


def p(u: Range, v: Range, w: Range, material: Material = C, solid: str = "box", turn: str = "floor") -> Part:
    """A part spanning u, v and w ranges."""
    return Part(PROTOTYPE_IDS[solid], (u[0], v[0], w[0]), (u[1], v[1], w[1]), TURN[turn], int(material))


def row(part: Part, count: int, du: int = 0, dv: int = 0, dw: int = 0) -> list[Part]:
    """`count` copies of a part, each a step on from the last."""

    def step(corner: Box, i: int) -> Box:
        return (corner[0] + i * du, corner[1] + i * dv, corner[2] + i * dw)

    return [part._replace(low=step(part.low, i), high=step(part.high, i)) for i in range(count)]


def _slab_tower() -> list[Part]:
    floors = row(p((-132, 132), (-68, 68), (60, 72), O), 7, dw=96)
    return [p((-128, 128), (-64, 64), (0, 700), H), p((-40, 40), (-84, 84), (0, 760), C), *floors,
            p((-100, -60), (-30, 30), (700, 730), D), p((70, 76), (-3, 3), (700, 860), D)]  # fmt: skip


def _dwelling_cell() -> list[Part]:
    return [p((-64, 64), (0, 64), (0, 96), H), p((-68, 68), (60, 68), (0, 104), O), p((-68, 68), (-4, 4), (0, 120), C),
            p((-64, 64), (4, 25), (117, 120), D, "rail", "wall"), p((-50, -30), (4, 49), (94, 98), D, "frame", "wall"),
            p((10, 50), (20, 48), (95, 100), D, "louvre", "wall"), p((-68, -60), (-4, 64), (0, 120), C), p((60, 68), (-4, 64),
            (0, 120), C),
            p((-24, -20), (46, 50), (95, 99), W)]  # fmt: skip


def _cell_stack() -> list[Part]:
    cells = row(p((-60, 60), (-150, -100), (0, 84), H), 6, dv=62)
    return [*cells, *row(p((-66, 66), (-102, -88), (0, 98), C), 6, dv=62), p((-78, -66), (-156, 230), (0, 90), O),
            p((66, 78), (-156, 230), (0, 90), O), p((-92, -78), (-156, 230), (10, 20), D, "ladder", "wall")]  # fmt: skip


def _corridor() -> list[Part]:
    ribs = row(p((-190, -176), (-6, 78), (0, 72), C), 5, du=92)
    return [p((-192, 192), (-8, 0), (0, 64), C), p((-192, 192), (64, 76), (0, 68), O), p((-192, 192), (0, 64), (0, 6), D), *ribs,
            p((-192, 192), (2, 24), (60, 63), D, "rail", "wall"), *row(p((-140, -110), (60, 64), (26, 34), L), 4, du=90)]  # fmt: skip


def _spiral_stair() -> list[Part]:
    flights: list[Part] = []
    for i in range(3):
        z = i * 128
        flights += [p((-48, 48), (z, z + 56), (8, 34), C, "stairs", "wall"), p((48, 74), (z + 50, z + 58), (4, 64), C),
                    p((-48, 48), (z + 64, z + 120), (38, 64), C, "stairs", "back"), p((-74, -48), (z + 114, z + 122),
            (4, 64), C)]  # fmt: skip
    return [p((-6, 6), (-4, 400), (32, 40), O), *flights, p((-78, -72), (-4, 400), (0, 70), O), p((72, 78), (-4, 400), (0, 70), O),
            *row(p((48, 74), (58, 79), (61, 64), D, "rail", "wall"), 3, dv=128)]  # fmt: skip


def _blind_stair() -> list[Part]:
    return [p((-96, 64), (-60, 60), (0, 28), C, "stairs", "wall"), p((64, 96), (50, 60), (0, 34), C),
            p((-108, -96), (-64, -54), (0, 32), O), p((80, 92), (-60, 50), (4, 16), O)]  # fmt: skip


def _catwalk() -> list[Part]:
    return [p((-192, 192), (-4, 0), (0, 30), D), p((-192, 192), (0, 21), (28, 30), D, "rail", "wall"),
            *row(p((-180, -176), (-22, -4), (0, 26), D, "wedge", "bracket"), 7, du=59), p((-192, 192), (-10, -4),
            (26, 30), S, "beam")]  # fmt: skip


def _stair_tower() -> list[Part]:
    flights = row(p((-60, 36), (0, 64), (2, 30), C, "stairs", "wall"), 4, dv=64)
    landings = row(p((-96, 60), (-6, 0), (0, 36), D), 5, dv=64)
    return [*flights, *landings, *row(p((-96, 60), (0, 21), (34, 36), D, "rail", "wall"), 5, dv=64),
            *row(p((40, 57), (0, 45), (-2, 3), D, "frame", "wall"), 5, dv=64), p((-100, -94), (-20, 280), (0, 38), S),
            p((46, 50), (50, 54), (0, 4), W), p((58, 64), (-20, 280), (0, 38), S), p((46, 50), (178, 182), (0, 4), L)]  # fmt: skip


def _pipe_bundle() -> list[Part]:
    pipes = [p((u, u + t), (-256, 256), (6, 6 + t), m, "pipe", "up") for u, t, m in
             ((-60, 26, D), (-30, 14, S), (-12, 14, R), (6, 34, D), (44, 10, S), (56, 10, K))]  # fmt: skip
    clamps = row(p((-66, 70), (-220, -212), (0, 16), D), 5, dv=108)
    return [*pipes, *clamps, p((2, 44), (-40, 20), (2, 46), D, "drum", "wall"), p((8, 38), (90, 110), (38, 52), S, "drum", "floor")]


def _cable_wall() -> list[Part]:
    ropes = [p((u, u + t), (-256, 256), (2 + d, 2 + d + t), K, "pipe", "up") for u, t, d in
             ((-120, 8, 0), (-108, 12, 0), (-94, 6, 4), (-84, 18, 0), (-60, 8, 6), (-50, 10, 0), (-36, 24, 0), (-8, 8, 0), (4, 14, 4),
              (22, 8, 0), (34, 20, 2), (60, 8, 0), (72, 12, 4), (90, 10, 0), (104, 16, 0))]  # fmt: skip
    return [*ropes, *row(p((-128, 128), (-250, -238), (0, 14), D), 5, dv=122)]


def _girder() -> list[Part]:
    return [p((-24, 24), (-24, 24), (0, 480), D, "truss", "out"), p((-36, 36), (-36, 36), (0, 20), C),
            p((-30, 30), (-30, 30), (470, 490), D), p((-8, 8), (-160, -24), (300, 316), D), p((-3, 3), (24, 32),
            (40, 480), K, "pipe", "out")]  # fmt: skip


def _buttress() -> list[Part]:
    return [p((-28, 28), (-384, 100), (0, 60), C), p((-28, 28), (100, 320), (0, 60), C, "wedge", "brace"), p((-36, 36),
            (-400, -384), (0, 120), O),
            p((-28, 28), (-384, -100), (60, 110), C), p((-28, 28), (-100, 60), (60, 110), C, "wedge", "brace"),
            p((-10, 10), (-380, 300), (-2, 66), O)]  # fmt: skip


def _giant_door() -> list[Part]:
    return [p((-160, 160), (-190, 210), (0, 40), C, "frame", "wall"), p((-124, -3), (-190, 160), (0, 14), D), p((3, 124),
            (-190, 160), (0, 14), D),
            *row(p((-118, 118), (-170, -158), (10, 20), S), 5, dv=70), p((-180, 180), (-204, -190), (0, 110), C),
            p((-140, -120), (-190, -120), (36, 52), O), p((120, 140), (-190, -120), (36, 52), O), p((-8, 8), (166, 176), (38, 44), L),
            p((-12, 12), (-190, -145), (12, 22), D, "frame", "wall")]  # fmt: skip


def _door_row() -> list[Part]:
    doors = row(p((-170, -146), (0, 48), (0, 6), D, "frame", "wall"), 8, du=44)
    return [*doors, *row(p((-166, -150), (0, 45), (-2, 2), O), 8, du=44), p((-184, 184), (-6, 0), (0, 40), C), p((-184, 184),
            (56, 64), (0, 34), C),
            p((-184, 184), (0, 21), (38, 40), D, "rail", "wall"), *row(p((-140, -136), (50, 54), (0, 4), W), 2, du=176)]  # fmt: skip


def _arcade() -> list[Part]:
    return [*row(p((-256, -128), (0, 192), (0, 64), C, "arch", "wall"), 4, du=128), p((-262, 262), (186, 204), (0, 76), O),
            p((-262, 262), (-16, 0), (0, 92), C), *row(p((-10, 10), (0, 200), (60, 78), C), 3, du=128), p((-256, 256), (0, 21),
            (86, 88), D, "rail", "wall")]  # fmt: skip


def _rib_vault() -> list[Part]:
    return [p((-240, 240), (-96, 96), (0, 110), O, "vault"), *row(p((-240, -224), (-104, 104), (0, 120), C, "vault"), 6, du=92),
            *row(p((-244, -220), (-116, -92), (0, 70), C), 6, du=92), *row(p((-244, -220), (92, 116), (0, 70), C), 6, du=92)]  # fmt: skip


def _shaft_well() -> list[Part]:
    return [p((-120, -96), (-120, 120), (0, 140), C), p((96, 120), (-120, 120), (0, 140), C), p((-96, 96), (96, 120), (0, 140), C),
            p((-96, 96), (-120, -96), (0, 140), C), p((-126, 126), (-126, -112), (132, 146), O), p((-126, 126), (112, 126),
            (132, 146), O),
            p((-96, 96), (-96, 96), (0, 4), D), p((-104, -96), (-20, 0), (0, 150), D, "ladder"), p((-96, 96), (-6, 6),
            (90, 102), D, "beam"),
            p((-60, 60), (-60, 60), (80, 92), D, "fan")]  # fmt: skip


def _bridge() -> list[Part]:
    return [p((-20, 20), (-6, 0), (0, 512), C), p((-28, -20), (-10, 2), (0, 512), D), p((20, 28), (-10, 2), (0, 512), D),
            p((-27, -25), (2, 23), (0, 512), D, "rail", "out"), p((25, 27), (2, 23), (0, 512), D, "rail", "out"),
            *row(p((-28, 28), (-20, -6), (20, 32), D), 6, dw=90), p((-40, 40), (-40, 12), (0, 24), C), p((-4, 4), (-14, -8),
            (0, 512), K, "pipe", "out")]  # fmt: skip


def _anchor() -> list[Part]:
    return [p((-60, 60), (-60, 60), (0, 40), C, "frustum"), p((-30, 30), (-30, 30), (36, 70), D, "drum"), p((-14, 14), (-14, 14),
            (60, 560), K, "drum"),
            *row(p((-20, 20), (-20, 20), (120, 130), D, "drum"), 5, dw=100), p((-70, -50), (-8, 8), (0, 60), C), p((50, 70),
            (-8, 8), (0, 60), C)]  # fmt: skip


def _duct_fan() -> list[Part]:
    return [p((-64, 64), (-64, 64), (0, 44), D), p((-54, 54), (-54, 54), (40, 58), S, "fan"), p((-24, 24), (64, 256), (4, 40), S),
            *row(p((-28, 28), (90, 96), (0, 44), D), 4, dv=50), p((-60, 60), (-92, -64), (0, 30), D, "louvre", "wall"),
            p((-24, 24), (230, 256), (0, 90), S), p((-30, 30), (222, 264), (84, 94), D)]  # fmt: skip


def _dock() -> list[Part]:
    return [p((-200, 200), (-20, 0), (0, 220), C), p((-200, -170), (-80, -20), (0, 160), O, "wedge", "bracket"), p((170, 200),
            (-80, -20), (0, 160), O, "wedge", "bracket"),
            *row(p((-180, -172), (-40, -20), (0, 216), D), 5, du=86), p((-200, 200), (0, 21), (217, 220), D, "rail", "wall"),
            p((-150, -90), (0, 70), (30, 120), D), p((-60, -10), (0, 45), (40, 120), R), p((100, 112), (0, 170),
            (40, 52), D, "truss", "up"),
            p((96, 116), (160, 172), (0, 300), D, "truss", "out"), p((104, 108), (60, 160), (280, 284), K), p((60, 80), (0, 40),
            (0, 26), H)]  # fmt: skip


def _train_tube() -> list[Part]:
    return [p((-256, 256), (-50, 50), (16, 116), C, "tube", "side"), *row(p((-250, -230), (-58, 58),
            (8, 124), O, "tube", "side"), 4, du=160),
            *row(p((-248, -232), (-30, 30), (0, 40), C), 4, du=160), p((-256, 256), (-12, 12), (22, 28), D)]  # fmt: skip


def _nexus_tower() -> list[Part]:
    return [p((-40, 40), (-40, 40), (0, 900), O, "banded_drum"), p((-60, 60), (-60, 60), (0, 60), C, "drum"),
            *row(p((-64, 64), (-64, 64), (180, 204), D, "ring"), 4, dw=180), *row(p((-74, -40), (-6, 6), (180, 230), C), 4, dw=180),
            *row(p((40, 74), (-6, 6), (180, 230), C), 4, dw=180), p((-30, 30), (-30, 30), (900, 1000), D, "cone"), p((-2, 2),
            (-2, 2), (1000, 1100), D)]  # fmt: skip


def _lamp_strip() -> list[Part]:
    return [p((-128, 128), (0, 8), (0, 8), D), *row(p((-120, -96), (1, 7), (6, 10), L), 3, du=96), *row(p((-124, -118), (-6, 10),
            (0, 6), D), 5, du=60),
            p((-128, 128), (-12, -9), (0, 3), K, "pipe")]  # fmt: skip


def _tank() -> list[Part]:
    return [p((-48, 48), (-48, 48), (16, 150), S, "banded_drum"), p((-48, 48), (-48, 48), (146, 176), S, "dome"),
            *[p((u, u + 12), (v, v + 12), (0, 30), D) for u in (-44, 32) for v in (-44, 32)], p((-70, -44), (-6, 6), (30, 42), D, "pipe"),
            p((-76, -64), (-6, 6), (0, 42), D, "drum"), p((46, 52), (-10, 10), (0, 160), D, "ladder"), p((-10, 10), (-10, 10),
            (174, 190), D)]  # fmt: skip


def _tank_farm() -> list[Part]:
    drums = [p((u, u + 60), (v, v + 60), (0, 96), S, "drum") for u in (-140, -70, 0, 70) for v in (-66, 6)]
    return [
        *drums,
        p((-144, 134), (-6, 6), (40, 52), D, "pipe"),
        p((-144, 134), (-3, 3), (0, 46), D),
        *row(p((-120, -108), (-46, 46), (92, 100), D), 4, du=70),
    ]


def _pier_portal() -> list[Part]:
    return [p((-150, -100), (-50, 50), (0, 420), C), p((100, 150), (-50, 50), (0, 420), C), p((-150, 150), (-50, 50), (420, 490), C),
            p((-100, -70), (-40, 40), (380, 420), O, "wedge", "floor"), p((-160, 160), (-58, 58), (486, 500), O), p((-60, 60),
            (-30, 30), (300, 420), H),
            p((-6, 6), (-4, 4), (120, 300), K, "drum"), p((-158, -92), (-58, 58), (0, 24), O), p((92, 158), (-58, 58),
            (0, 24), O)]  # fmt: skip


def _box_cluster() -> list[Part]:
    return [p((-70, 30), (-60, 80), (0, 90), C), p((-20, 80), (-100, 10), (0, 140), H), p((-90, -40), (20, 110), (0, 60), O),
            p((30, 60), (10, 120), (0, 110), D),
            p((-26, 86), (-106, 16), (134, 144), O), p((-60, -50), (-60, -50), (90, 170), D), p((40, 70), (-140, -100), (40, 110), C),
            p((-76, 36), (70, 86), (84, 96), O)]  # fmt: skip


def _floor_slabs() -> list[Part]:
    return [p((-120, 120), (-160, 160), (0, 100), H), *row(p((-132, 132), (-168, -156), (0, 128), C), 6, dv=64), p((-140, -120),
            (-172, 172), (0, 140), O),
            p((120, 140), (-172, 172), (0, 140), O), *row(p((-120, 120), (-156, -135),
            (126, 128), D, "rail", "wall"), 5, dv=64)]  # fmt: skip


def _fin_wall() -> list[Part]:
    return [*row(p((-192, -180), (-256, 256), (0, 70), C), 9, du=46), p((-200, 200), (-264, -250), (0, 84), O), p((-200, 200),
            (250, 264), (0, 84), O),
            p((-192, 192), (-20, -8), (0, 50), O), p((-192, 192), (-250, 250), (0, 8), H)]  # fmt: skip


def _hung_box() -> list[Part]:
    return [p((-24, 24), (-24, 24), (0, 220), C), p((-80, 80), (-80, 80), (180, 420), C), p((-84, 84), (-84, 84), (240, 252), O),
            p((-84, 84), (-84, 84), (330, 342), O),
            p((-60, 60), (-82, 82), (264, 320), H), p((-40, -36), (-40, -36), (0, 190), K, "drum"), p((36, 40), (36, 40),
            (0, 190), K, "drum"),
            p((-20, 20), (-20, 20), (420, 460), D, "frustum"), p((-6, 6), (-6, 6), (456, 464), L)]  # fmt: skip


def _plates() -> list[Part]:
    return [*row(p((-190, -66), (-190, -4), (0, 10), C), 3, du=128), *row(p((-190, -66), (4, 190), (0, 10), C), 3, du=128),
            *row(p((-70, -58), (-186, 186), (0, 4), D), 2, du=128), p((-40, 40), (-120, -60), (8, 16), D, "louvre", "wall")]  # fmt: skip


def _machine() -> list[Part]:
    return [p((-70, 70), (-46, 46), (0, 60), D, "chamfer"), p((-60, -10), (-40, 40), (56, 86), S, "drum", "side"), p((10, 56),
            (-30, 30), (56, 110), D),
            p((14, 52), (-26, 26), (108, 116), S, "fan"), *row(p((-70, -64), (-52, -44), (0, 50), S), 6, du=27), p((70, 120),
            (-10, 10), (20, 40), D, "pipe"),
            p((108, 128), (-14, 14), (0, 60), D), p((-74, 74), (44, 54), (10, 24), R, "pipe")]  # fmt: skip


MOTIFS: tuple[tuple[str, Callable[[], list[Part]], Side, Grain], ...] = (
    ("slab tower", _slab_tower, "floor", "giant"),
    ("dwelling cell", _dwelling_cell, "wall", "human"),
    ("stack of cells", _cell_stack, "wall", "middle"),
    ("corridor", _corridor, "wall", "human"),
    ("spiral stair", _spiral_stair, "wall", "human"),
    ("blind stair", _blind_stair, "wall", "human"),
    ("stair tower", _stair_tower, "wall", "human"),
    ("catwalk", _catwalk, "wall", "human"),
    ("pipe bundle", _pipe_bundle, "wall", "middle"),
    ("cable wall", _cable_wall, "wall", "middle"),
    ("girder", _girder, "wall", "middle"),
    ("buttress", _buttress, "wall", "giant"),
    ("giant door", _giant_door, "wall", "giant"),
    ("row of doors", _door_row, "wall", "human"),
    ("arcade", _arcade, "wall", "middle"),
    ("rib vault", _rib_vault, "floor", "middle"),
    ("shaft well", _shaft_well, "floor", "giant"),
    ("bridge", _bridge, "wall", "middle"),
    ("anchor", _anchor, "ceiling", "giant"),
    ("duct and fan", _duct_fan, "wall", "middle"),
    ("dock", _dock, "wall", "middle"),
    ("train tube", _train_tube, "floor", "middle"),
    ("nexus tower", _nexus_tower, "floor", "giant"),
    ("lamp strip", _lamp_strip, "wall", "human"),
    ("tank", _tank, "floor", "middle"),
    ("tank farm", _tank_farm, "floor", "middle"),
    ("portal", _pier_portal, "floor", "giant"),
    ("cluster", _box_cluster, "wall", "middle"),
    ("floor slabs", _floor_slabs, "wall", "giant"),
    ("fin wall", _fin_wall, "wall", "giant"),
    ("hung box", _hung_box, "ceiling", "giant"),
    ("plates", _plates, "wall", "middle"),
    ("machine", _machine, "floor", "human"),
)


def blueprint(motif: int) -> Fragment:
    """The fragment of a motif as the ordered age drew it."""
    _, draw, side, grain = MOTIFS[motif]
    parts = draw()
    return Fragment(tuple(parts[:MAX_PARTS]), side, grain, motif)
