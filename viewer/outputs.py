"""Names of what is written: templates, and the checks that can be made before the work."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from tempfile import TemporaryFile

from viewer.errors import UsageError, WriteError

STDOUT = "-"
_FIELD = re.compile(r"\{([a-z]+)(?::(\d))?\}")


def expanded(template: str, values: dict[str, str | int], flag: str = "-o") -> str:
    """`{n}`, `{n:3}`, `{seed}`, `{view}`, `{date}` … filled in. Raises UsageError for an unknown one."""

    def fill(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise UsageError(f"{flag}: there is no '{match[0]}'; use {', '.join('{' + name + '}' for name in values)}")
        text = str(values[match[1]])
        return text.zfill(int(match[2])) if match[2] else re.sub(r"[^\w.,=+-]", "-", text)[:80]

    return _FIELD.sub(fill, template)


def names(templates: list[str], rows: list[dict[str, str | int]], default: str, *, flag: str = "-o") -> list[str]:
    """One output name for each row of values: one template for all, or one each. Raises UsageError if two are the same."""
    given = templates or [default]
    if len(given) not in (1, len(rows)):
        raise UsageError(f"{len(given)} outputs for {len(rows)} pictures; give one -o each, or one with {{n}}")
    pairs = zip(given * len(rows) if len(given) == 1 else given, rows, strict=True)
    today = date.today().isoformat()
    found = [expanded(template, {"n": n, "date": today, **row}, flag) for n, (template, row) in enumerate(pairs, 1)]
    if len(set(found)) < len(found):
        raise UsageError(f"several outputs would be '{found[0]}'; put {{n}} or {{view}} in the name")
    return found


def check_outputs(paths: Iterable[str], kinds: tuple[str, ...], force: bool) -> None:
    """Refuse early what cannot be written, and clear away what killed writers left where it can. Raises UsageError for a wrong
    ending, WriteError for the rest."""
    from geometry.export.atomic import sweep
    from geometry.spec import shown

    for text in paths:
        if text == STDOUT:
            continue
        if text:
            _check_path(Path(text), force)
        if Path(text).suffix.lower() not in kinds:
            raise UsageError(f"-o '{shown(text)}' must end in {' or '.join(kinds)}; the ending says what is written")
        sweep(Path(text).parent)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, unless it is there. Raises WriteError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise WriteError(f"{folder}: is a file where a folder is needed; choose another name") from None
    except FileNotFoundError:  # what a folder that takes nothing, like /proc, says of a new name
        raise WriteError(f"{folder}: this folder cannot be made there; choose another place") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise WriteError(f"{folder}: this folder cannot be made ({why}); choose another place") from None


def _check_path(path: Path, force: bool) -> None:
    try:
        found = path.stat()
    except FileNotFoundError:
        _check_folder(path)
        return
    except (OSError, ValueError) as error:
        raise WriteError(f"{path}: cannot be written ({getattr(error, 'strerror', None) or error}); choose another name") from None
    if not stat.S_ISREG(found.st_mode):
        raise WriteError(f"{path}: is not a plain file; choose another name")
    if not force:
        raise WriteError(f"{path}: exists; add --force to overwrite it")
    _check_folder(path)


def _check_folder(path: Path) -> None:
    folder = path.parent
    if not folder.is_dir():
        raise WriteError(f"{path}: there is no folder '{folder}'; make it first")
    if not os.access(folder, os.W_OK):
        raise WriteError(f"{path}: the folder '{folder}' may not be written to; choose another folder")
    try:
        with TemporaryFile(dir=folder):  # being let in is not all: /proc takes files from nobody
            return
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return  # the writer tells of a full disk, and what to do
        why = "" if isinstance(error, FileNotFoundError) else f" ({error.strerror or error})"
        raise WriteError(f"{path}: the folder '{folder}' takes no new files{why}; choose another folder") from None
