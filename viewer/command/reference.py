"""docs/commands.md, made from the tables that the program itself uses: `python -m viewer.command.reference > docs/commands.md`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from inspect import cleandoc

from cyclopts import App, Group

from geometry.cityfile import preset, preset_names
from geometry.spec import fields, number
from viewer.actions import ACTIONS, MENUS
from viewer.command.cli import app
from viewer.command.options import SIZES
from viewer.places.query import KINDS
from viewer.slicing import FORMS
from viewer.styles import PARAMETERS, Value, project_names, style
from viewer.views import VIEWS

HEAD = """\
# Commands, parameters, keys

Made from the program's own tables by `python -m viewer.command.reference > docs/commands.md`; a test keeps it current.

"""

CODES = (
    ("0", "done"),
    ("1", "a bug in the program; the line names the log"),
    ("2", "the command makes no sense as given"),
    ("3", "a city file, link, picture, mesh or parameter cannot be used"),
    ("4", "the output cannot be written, or exists and --force was not given"),
    ("5", "no display, or no OpenGL"),
    ("6", "more memory, pixels or triangles than the limits allow"),
    ("7", "the check was made, and failed"),
    ("130, 143", "stopped by Ctrl-C, by SIGTERM"),
)


QUERIES = (
    "A query is a kind of place and what must hold of it: `hall near shaft`, `void >1000 km beside a shaft`, `tower tall >300 km lit`,"
    " `block chaos <0.6 within 80 km`.\n\n"
    + """| Condition | Means |
| --- | --- |
| `>5 km`, `<300 m` | its longest side; of a void how high it is. Units: m, km, million km, au |
| `tall >300 km`, `wide <1 km` | its height, the longer side of its floor |
| `near KIND`, `beside KIND`, `near KIND within 3 km` | another place at most 10 km, 1 km, 3 km off |
| `within 50 km`, `distance >50 km` | from where the search begins |
| `lit`, `dark`, `light >20 lx` | how bright its ceiling is at the hour |
| `ordered`, `chaotic`, `chaos <0.4` | how far its Builders have forgotten, 0 to 1 |
| `layer >100000` | which layer it stands on, 0 innermost |

Kinds: """
    + ", ".join(f"`{kind}`" for kind in KINDS)
    + ". The nearest come first; a search ends after so many places were unfolded (`--look`).\n"
)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines) + "\n"


Rows = dict[str, str]
"""What each argument or flag means, by its names as they are shown."""


def _flags(command: App) -> dict[str, Rows]:
    """Rows of a command by the title of their group; what is the command's own comes under an empty title."""
    found: dict[str, Rows] = {}
    for argument in command.assemble_argument_collection():
        if argument.children:
            continue
        place = argument.field_info.kind in (argument.field_info.POSITIONAL_ONLY, argument.field_info.VAR_POSITIONAL)
        groups = argument.parameter.group or ()
        group = groups if isinstance(groups, Group) else next(iter(groups), None)
        name = argument.name.upper() if place else ", ".join(f"`{flag}`" for flag in argument.names)
        title = group.name if argument.keys and isinstance(group, Group) else ""  # keys: from a class of flags, as others have it
        found.setdefault(title, {})[name] = argument.parameter.help or ""
    return found


def _named(parent: App, before: str = "") -> Iterator[tuple[str, App]]:
    """Commands with their whole names, each group's in order."""
    if parent.default_command is not None:
        yield before, parent
    for name in sorted(name for name in parent if not name.startswith("-")):
        yield from _named(parent[name], f"{before} {name}".strip())


def _commands() -> str:
    """Every command with its own flags; the flags that commands share stand below them, once."""
    all_flags = [(name, command, _flags(command)) for name, command in _named(app)]
    shared: dict[str, Rows] = {}
    for title, rows in (pair for _, _, flags in all_flags for pair in flags.items() if pair[0]):
        shared[title] = {**rows, **shared.get(title, {})}
    lines = ["## Commands", "", "`megastructure` and `python -m viewer` are the same.", ""]
    for name, command, flags in all_flags:
        said = "Open the window; without a display render the opening view to a PNG." if not name else cleandoc(command.help)
        own, also = _parted(flags, shared)
        lines += [f"### megastructure {name}".rstrip(), "", said, ""]
        lines += [table(("Argument or flag", "Meaning"), [*own.items()])] if own else []
        lines += [f"And: {', '.join(also)}.", ""] if also else []
    for title, rows in shared.items():
        lines += [f"### Flags: {title}", "", table(("Flag", "Meaning"), [*rows.items()])]
    return "\n".join(lines)


def _parted(flags: dict[str, Rows], shared: dict[str, Rows]) -> tuple[Rows, list[str]]:
    """A command's own rows, with those that mean something else to it than to others, and the groups that it shares: by title, or, of
    a group that it has only a part of, flag by flag."""
    own, also = dict(flags.get("", {})), []
    for title, rows in flags.items():
        if not title:
            continue
        own |= {name: meaning for name, meaning in rows.items() if shared[title][name] != meaning}
        also.append(f"*{title}*" if len(rows) == len(shared[title]) else f"{', '.join(rows)} of *{title}*")
    return own, also


def _parameters() -> str:
    rows = [
        (
            f"`{row.name}`",
            row.default if isinstance(row.default, str) else number(row.default),
            row.range,
            row.canon,
            row.certainty,
            row.help,
        )
        for row in fields()
    ]
    return table(("Parameter", "Default", "Range", "Canon", "Certainty", "Meaning"), rows)


def _keys() -> str:
    rows = [
        (action.title, f"`{action.id}`", ", ".join(f"`{key}`" for key in action.keys), menu)
        for menu in MENUS
        for action in ACTIONS
        if action.menu == menu
    ]
    return table(("Action", "Id", "Keys", "Menu"), rows)


def _style_rows() -> str:
    styles = table(("Style", "Title", "Drawing"), [(f"`{name}`", style(name).title, style(name).drawing) for name in project_names()])
    rows = [(f"`{name}`", _value(row.default), f"{number(row.low)} to {number(row.high)}", row.help) for name, row in PARAMETERS.items()]
    return styles + "\n" + table(("Parameter", "Default", "Range", "Meaning"), rows)


def _value(value: Value) -> str:
    return ", ".join(number(part) for part in value) if isinstance(value, tuple) else number(value)


def text() -> str:
    """The whole document."""
    views = table(("View", "Shows"), [(f"`{row.name}`", row.title) for row in VIEWS.values()])
    presets = table(("Preset", "Title", "About"), [(f"`{n}`", preset(n).title, preset(n).description) for n in preset_names()])
    sizes = table(("Size", "Pixels"), [(name, f"{w} x {h}") for name, (w, h) in SIZES.items()])
    parts = [
        HEAD + _commands(),
        "## Exit codes\n\n" + table(("Code", "Meaning"), [*CODES]),
        '## Settings\n\nEvery flag can be set in the environment (`MEGASTRUCTURE_SIZE=4K`) or in the configuration file (`size = "4K"`;'
        " `megastructure config path` says where it is). A flag overrides the environment, this the file, that the default.\n",
        "## Parameters\n\nFor `--set`, the `[city]` table of a city file, and links. Certainty: A is said in the story,"
        " B and C by its readers, D is theory, X our own calculation, ? our choice where the story is silent.\n\n" + _parameters(),
        "## Presets\n\n" + presets,
        "## Views\n\nFor `--view`; a link serves too.\n\n" + views,
        "## Queries\n\nFor `places`, and for the go-to box of the window. " + QUERIES,
        "## Styles\n\nFor `--style`. A style of your own is a TOML file `NAME.toml` in the folder `styles` beside the configuration file:"
        " a `title`, a `drawing` (paint, ink or lines), and in tables what differs from the defaults, such as `[grade]` with `glow = 1.5`."
        " Colours are linear red, green and blue; those of paper, ink and accent are as on the screen.\n\n" + _style_rows(),
        f"## Slices\n\nFor `--slice`: {FORMS}. Lengths are parts of the City's radius; several slices work together.\n",
        "## Sizes\n\n" + sizes,
        "## Actions and keys\n\nAn action that changes the view can be given to `--do` by its id.\n\n" + _keys(),
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    print(text(), end="")
