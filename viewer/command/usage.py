"""What is said of a command line that makes no sense: what, where it stands, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from cyclopts import App, CycloptsError, Token
from cyclopts.exceptions import (
    CoercionError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownOptionError,
    UnusedCliTokensError,
)

from viewer.errors import LimitError, UsageError

_EXAMPLES = {
    "--seed": "40",
    "--year": "-500",
    "--hour": "19.5",
    "--slice": "wedge:-45,90",
    "--peel": "2",
    "--isolate": "7",
    "--explode": "0.2",
    "--style": "ink",
    "--haze": "0.5",
    "--do": "layers.peel",
    "--set": "fill=0.3",
    "--detail": "2",
    "--max-triangles": "500000",
    "--max-memory": "2G",
    "--min-feature": "1000",
    "--size": "3840x2160",
    "--view": "canyon",
    "--output": "city.png",
    "--log-file": "log.txt",
    "--config": "mine.toml",
    "--title": "'My City'",
    "--color": "never",
    "--quality": "best",
    "--thin": "thicken",
    "--mode": "instanced",
    "--compose": "16",
    "--sheet": "sheet.png",
    "--depth": "16",
    "--passes": "depth,normal",
}
"""A good value of each flag, to show how one is written."""
MOST = 10_000
"""Pictures of one batch."""
_WHOLE = re.compile(r"[+-]?[0-9]{1,30}")


def whole(kind: type, tokens: Sequence[Token]) -> int:
    """A flag's whole number; `2e6` is one, `1.5` is not. Raises UsageError."""
    del kind
    return _whole(tokens[0], tokens[0].value)


def wholes(kind: type, tokens: Sequence[Token]) -> tuple[int, ...]:
    """A flag's whole numbers: `40`, `1,2,3`, `1..8`. Raises UsageError, and LimitError for too many."""
    del kind
    _once(tokens)
    found: list[int] = []
    for word in tokens[0].value.split(","):
        start, dots, end = word.partition("..")
        low = _whole(tokens[0], start)
        high = _whole(tokens[0], end) if dots else low
        if high < low:
            raise UsageError(f"{_where(tokens[0])}: the range runs backwards; write {high}..{low}")
        if high - low + len(found) >= MOST:
            raise LimitError(f"{_where(tokens[0])} makes more than {MOST} pictures; give fewer")
        found += range(low, high + 1)
    return tuple(found)


def reals(kind: type, tokens: Sequence[Token]) -> tuple[float, ...]:
    """A flag's numbers: `19.5` or `0,6,12,18`. Raises UsageError, and LimitError for too many."""
    del kind
    _once(tokens)
    words = tokens[0].value.split(",")
    if len(words) > MOST:
        raise LimitError(f"{_where(tokens[0])} makes more than {MOST} pictures; give fewer")
    return tuple(_finite(tokens[0], word) for word in words)


def _once(tokens: Sequence[Token]) -> None:
    if len(tokens) > 1:
        raise UsageError(
            f"{tokens[0].keyword} is given twice; write {tokens[0].keyword} {','.join(token.value[:20] for token in tokens[:4])}"
        )


def _whole(token: Token, word: str) -> int:
    text = word.strip().replace("_", "")
    if _WHOLE.fullmatch(text):
        return int(text)
    value = _real(text)
    if value is None or value != int(value):
        raise UsageError(f"{_where(token)} is not a whole number; write one, like {_example(token.keyword)}")
    return int(value)


def real(kind: type, tokens: Sequence[Token]) -> float:
    """A flag's number. Raises UsageError; nan and inf too are no numbers to it."""
    del kind
    return _finite(tokens[0], tokens[0].value)


def _finite(token: Token, word: str) -> float:
    value = _real(word)
    if value is None:
        raise UsageError(f"{_where(token)} is not a number; write one, like {_example(token.keyword)}")
    return value


def _real(text: str) -> float | None:
    """The finite number in a text, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def _example(flag: str | None) -> str:
    """`--hour 19.5`, or `12` for a flag that has no example."""
    name = flag or ""
    return f"{name} {_EXAMPLES[name]}" if name in _EXAMPLES else "12"


def _where(token: Token, name: str = "") -> str:
    """`--hour 'noon'`, and where it was written if not on the command line."""
    source = "" if token.source in ("", "cli") else " in the environment" if token.source == "env" else f" in {token.source}"
    return f"{_keyword(token) or name} '{token.value[:60]}'{source}".strip()


def _keyword(token: Token) -> str:
    """The flag, the variable or the key as it was written; a configuration file's keys come in brackets."""
    word = (token.keyword or "").partition("=")[0]
    return word.strip("[]") if word.startswith("[") else word


def unfit(error: CycloptsError, tokens: Sequence[str], app: App) -> str:
    """One line for whatever the parser found wrong with the words on the command line."""
    commands = _commands(app)
    first = tokens[0] if tokens else ""
    if first and not first.startswith("-") and first not in commands:
        return _no_command(first, commands, "command", "megastructure")
    command = first if first in commands else ""
    kinds = _commands(app[command]) if command else []
    if kinds and tokens[1:] and tokens[1] not in kinds:
        if not tokens[1].startswith("-"):
            return _no_command(tokens[1], kinds, command, f"megastructure {command}")
        return _too_early(tokens[1:], kinds, f"megastructure {command}")
    if not command and any(word in commands for word in tokens):
        return _too_early(tokens, commands, "megastructure")
    return _explained(error, command) + _help(error, command)


def _commands(app: App) -> list[str]:
    return [name for name in app if not name.startswith("-")]


def _no_command(word: str, known: Sequence[str], what: str, program: str) -> str:
    """`what` there is not: a command, or a kind of one."""
    near = get_close_matches(word, known, 1)
    return f"there is no {what} '{word[:40]}'; " + (f"did you mean '{near[0]}'?" if near else f"`{program} --help` lists them")


def _too_early(words: Sequence[str], commands: Sequence[str], program: str) -> str:
    """A flag before the command that it is for."""
    command = next((word for word in words if word in commands), commands[0])
    line = " ".join(word[:40] for word in (program, command, *(word for word in words if word != command)))
    return f"{words[0][:40]} follows the command that it is for; write `{line[:120]}`"


def _help(error: CycloptsError, command: str) -> str:
    """Where to read on, unless the line already says what to write."""
    if isinstance(error, CoercionError):
        return ""
    return f"; `megastructure {command + ' ' if command else ''}--help` tells more"


def _explained(error: CycloptsError, command: str) -> str:
    if isinstance(error, CoercionError):
        return _uncoerced(error)
    if isinstance(error, UnknownOptionError):
        return _unknown(error, command)
    if isinstance(error, MissingArgumentError):
        return _missing(error)
    if isinstance(error, UnusedCliTokensError):
        words = " ".join(error.unused_tokens or ())
        return f"'{words[:60]}' is left over; put quotes around what has spaces, like 'band 7'"
    if isinstance(error, RepeatArgumentError):
        return f"{error.token.keyword} is given twice; keep one"
    return " ".join(str(error).split()).rstrip(".")


def _name(error: CycloptsError) -> str:
    """The argument as people know it: --hour, or MESH."""
    name = error.argument.name if error.argument is not None else "a value"
    return name if name.startswith("-") else name.upper()


def _uncoerced(error: CoercionError) -> str:
    name = _name(error)
    token, wanted = error.token, _plain(error.target_type)
    said = _where(token, name) if token is not None else name
    if get_origin(wanted) is Literal:
        words = [str(word) for word in get_args(wanted)]
        near = get_close_matches(token.value if token is not None else "", words, 1)
        return f"{said} is not one of {', '.join(words)}; " + (f"did you mean '{near[0]}'?" if near else "choose one of these")
    if wanted is bool:
        return f"{said} is a switch; write it without a value, or with true or false"
    return f"{said} cannot be used; write it like {_example(name)}"


def _plain(kind: Any) -> Any:
    """The type without its `| None`."""
    inner = [word for word in get_args(kind) if word is not type(None)]
    return inner[0] if len(inner) == 1 and get_origin(kind) is not Literal else kind


def _unknown(error: UnknownOptionError, command: str) -> str:
    given = (error.token.keyword or error.token.value).partition("=")[0]
    known = [name for argument in error.argument_collection for name in argument.names]
    near = get_close_matches(given, known, 1)
    where = f" of {command}" if command else ""
    return f"there is no option '{given[:40]}'{where}" + (f"; did you mean '{near[0]}'?" if near else "")


def _missing(error: MissingArgumentError) -> str:
    name = _name(error)
    if error.keyword is not None or (error.argument is not None and error.argument.tokens):
        return f"{error.keyword or name} needs a value" + (f", like {_example(name)}" if name in _EXAMPLES else "")
    if name == "--output":
        return "the name of the file is missing; give one with -o"
    return f"{name} is missing"
