"""The small commands: what there is, what is set, whether a file is sound. None of them opens a display or loads VTK."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from viewer.command.options import Common, Which
from viewer.command.report import Report, report_of
from viewer.errors import OK, UsageError
from viewer.outputs import STDOUT, check_outputs

Table = list[dict[str, Any]]
LIBRARIES = ("numpy", "vtk", "pyvista", "pyvistaqt", "PySide6-Essentials", "msgspec", "cyclopts", "rich", "platformdirs")


def version() -> str:
    """Version of the program."""
    return version_of("megastructure") or "0 (not installed)"


def version_of(name: str) -> str | None:
    """Version of an installed package, or None."""
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def columns(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows as aligned columns; the last one is free."""
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(len(rows[0]) - 1)] if rows else []
    return "\n".join("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip() for row in rows)


def presets(*, common: Common | None = None) -> int:
    """List the presets."""
    from geometry.cityfile import preset, preset_names
    from geometry.spec import differences

    cities = {name: preset(name) for name in preset_names()}
    rows: Table = [
        {"name": name, "title": city.title, "description": city.description, "changes": differences(city.spec)}
        for name, city in cities.items()
    ]
    report_of(common).data(columns([(row["name"], row["title"], row["description"].partition("\n")[0]) for row in rows]), rows)
    return OK


def new(
    name: Annotated[str, Parameter(help="The preset to start from.", show_env_var=False)] = "canon",
    /,
    *,
    output: Annotated[
        str,
        Parameter(name=["--output", "-o"], allow_leading_hyphen=True, metavar="FILE", help="File to write, ending in .toml; - is stdout."),
    ] = STDOUT,
    title: Annotated[str, Parameter(show_default=False, metavar="TEXT", help="A name for the City.")] = "",
    force: Annotated[bool, Parameter(name=["--force", "-f"], negative="", show_default=False, help="Overwrite what exists.")] = False,
    what: Which | None = None,
    common: Common | None = None,
) -> int:
    """Write a city file to change and to share."""
    from geometry.cityfile import CityFile, preset, preset_names, text_of, write
    from geometry.spec import with_changes

    report, what = report_of(common), what or Which()
    if name not in preset_names():
        near = get_close_matches(name, preset_names(), 1)
        hint = f"did you mean '{near[0]}'?" if near else f"use one of {', '.join(preset_names())}"
        raise UsageError(f"there is no preset '{name[:40]}'; {hint}")
    base = preset(name)
    city = CityFile(with_changes(base.spec, what.changes()), title or base.title, base.description, name)
    check_outputs([output], (".toml",), force)
    if output == STDOUT:
        report.data(text_of(city).rstrip("\n"), {"text": text_of(city)})
        return OK
    write(output, city)
    if not report.quiet:
        report.data(f"{output}: a City of {city.spec.layers} layers from preset {name}", {"output": output, "preset": name})
    return OK


def validate(city: Annotated[str, Parameter(help="A city file.", show_env_var=False)], /, *, common: Common | None = None) -> int:
    """Check a city file against the table of parameters."""
    from geometry.cityfile import preset, read
    from geometry.spec import CitySpec, differences

    file = read(city)
    changed = differences(file.spec, preset(file.preset).spec if file.preset else CitySpec())
    words = ", ".join(f"{key}={value}" for key, value in changed.items()) or "nothing changed"
    start = f"preset {file.preset}" if file.preset else "the default City"
    scars = [f"{index}: power {one.power} from {one.place or 'the open'}" for index, one in enumerate(file.spec.scars, 1)]
    told = "; ".join(["", *(f"scar {line}" for line in scars)])
    row = {"file": city, "valid": True, "title": file.title, "preset": file.preset, "changes": changed, "scars": len(scars)}
    report_of(common).data(f"{city}: valid; {start}, {words}{told}", row)
    return OK


def config(
    verb: Annotated[
        Literal["path", "show", "reset"],
        Parameter(show_choices=False, help="path says where it is, show what it says, reset starts it anew.", show_env_var=False),
    ] = "path",
    /,
    *,
    force: Annotated[bool, Parameter(name=["--force", "-f"], negative="", show_default=False, help="Reset even where one exists.")] = False,
    common: Common | None = None,
) -> int:
    """Say where the configuration file is, show it, or reset it."""
    from viewer.config import default_path, load, reset

    report = report_of(common)
    named = None if common is None else common.config
    path = named or default_path()
    if verb == "show":
        loaded = load(path, chosen=named is not None)
        if loaded.warning:
            report.say(f"warning: {loaded.warning}")
        report.data("\n".join(f"{key} = {value!r}" for key, value in loaded.values.items()), loaded.values)
        return OK
    if verb == "reset":
        check_outputs([str(path)] if path.parent.is_dir() else [], (".toml",), force)
        reset(path)
    report.data(str(path), {"path": str(path)})
    return OK


def register(app: App) -> None:
    """Add these commands, and `completion`, to the program."""

    def completion(
        shell: Annotated[Literal["bash", "zsh", "fish"], Parameter(show_choices=False, help="bash, zsh or fish.", show_env_var=False)], /
    ) -> int:
        """Print the completion script of a shell."""
        Report().data(app.generate_completion(shell=shell), None)
        return OK

    from viewer.command.atlas import canon, info, parameters
    from viewer.command.checking import check
    from viewer.command.firing import fire
    from viewer.command.places import places

    for command in (places, new, fire, validate, check, canon, parameters, presets, info, config, completion):
        app.command(command, help_epilogue="")
