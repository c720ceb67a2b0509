"""Shader texts: the GLSL files of assets/shaders with their includes and the table of materials filled in."""

from __future__ import annotations

import re
from functools import lru_cache

from assets import path
from geometry.material import FINISHES, Lit, Material

FOLDER = path("shaders")
_LIT_CODE: dict[Lit, float] = {"never": 0.0, "ceiling": 1.0, "night": 2.0, "always": 3.0}


def _floats(name: str, values: list[float]) -> str:
    return f"const float {name}[{len(values)}] = float[{len(values)}]({', '.join(f'{v:.6f}' for v in values)});"


def _vectors(name: str, values: list[tuple[float, float, float]]) -> str:
    rows = ", ".join(f"vec3({r:.6f}, {g:.6f}, {b:.6f})" for r, g, b in values)
    return f"const vec3 {name}[{len(values)}] = vec3[{len(values)}]({rows});"


@lru_cache(maxsize=1)
def finish_table() -> str:
    """geometry.material.FINISHES as GLSL constant arrays."""
    finishes = [FINISHES[material] for material in Material]
    emission = [(f.emission[0] * f.strength, f.emission[1] * f.strength, f.emission[2] * f.strength) for f in finishes]
    return "\n".join(
        [
            _vectors("COLOUR", [f.colour for f in finishes]),
            _floats("ROUGHNESS", [f.roughness for f in finishes]),
            _floats("METALLIC", [f.metallic for f in finishes]),
            _vectors("EMISSION", emission),
            _floats("LIT_WHEN", [_LIT_CODE[f.lit] for f in finishes]),
        ]
    )


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@lru_cache(maxsize=32)
def shader(name: str, samplers: tuple[str, ...] = (), switches: tuple[str, ...] = ()) -> str:
    """One shader's whole text, with `switches` defined: what a picture does not need is not compiled.

    Raises FileNotFoundError when a file or an include is missing.
    """
    text = re.sub(r"^//INCLUDE (\S+)$", lambda m: _read(m[1]), _read(name), flags=re.M)
    text = text.replace("//VTK::System::Dec", "\n".join(["//VTK::System::Dec", *(f"#define {switch}" for switch in switches)]))
    text = text.replace("//TABLE finishes", finish_table())
    return text.replace("//SAMPLERS", "\n".join(f"uniform sampler2D {sampler};" for sampler in samplers))
