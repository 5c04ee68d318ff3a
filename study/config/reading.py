"""Files of `experiments/` -> texts -> values: bounded, and every mistake a sentence with its file and key."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_type_hints

import msgspec

from study.config.shapes import FOLDER, Claim, Factors, Skip
from study.errors import LONGEST_LINE, ConfigError, printable
from study.plain import NotAFileError, opened

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import NoReturn

T = TypeVar("T")

MOST_BYTES = 128 * 1024
"""Of one file: three times the claims, the longest of them."""
MOST_FILES = 256
"""Five times as many as there are."""
MOST_DOTS = 32
"""In one line. A dotted key is looked up once for each of its parts; a key of 60 000 takes minutes to read."""
_SAID = re.compile(r"""#.*|"(?:[^"\\]|\\.)*"|'[^']*'""")
"""What is in quotes, or a comment: dots there are only text."""
_LONGEST_SHOWN = 60

_STRUCTS: tuple[tuple[str, type[msgspec.Struct]], ...] = (
    (r"\$\.claim\[\d+\]", Claim),
    (r"\$\.skip\[\d+\]", Skip),
    (r"\$\.(fixed|swept|baseline|vary\[\d+\]|skip\[\d+\]\.when)", Factors),
)


def refuse(file: str, place: str, problem: str) -> NoReturn:
    """Say what is wrong, and where; nothing from the file can end a line or move a terminal's cursor.

    Raises
    ------
    ConfigError
        always.
    """
    text = f"{file}: {place}: {problem}" if place else f"{file}: {problem}"
    raise ConfigError(printable(text, LONGEST_LINE)) from None


def shown(value: object) -> str:
    """The value for an error message, cut where it is long."""
    if isinstance(value, int) and abs(value) >= 10**_LONGEST_SHOWN:
        return "a number of more than 60 digits"
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}… ({len(text)} characters)"


def nearest(word: str, choices: Iterable[str]) -> str:
    """` (did you mean 'spawn'?)`, or '' where no choice is near."""
    found = difflib.get_close_matches(word, list(choices), n=1, cutoff=0.5)
    return f" (did you mean {found[0]!r}?)" if found else ""


def read_texts(folder: Path) -> dict[str, str]:
    """File name without `.toml` -> text, of every experiment and of `claims`, sorted by name; hidden files do not count."""
    try:
        entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    except OSError as error:
        refuse(f"{FOLDER}/", "", f"cannot be read: {error.strerror}")
    paths = sorted(entry for entry in entries if entry.suffix.lower() == ".toml")
    if not paths:
        refuse(f"{FOLDER}/", "", f"no *.toml in {folder}; the study needs at least one experiment")
    if len(paths) > MOST_FILES:
        refuse(f"{FOLDER}/", "", f"{len(paths)} files; no more than {MOST_FILES} are read")
    return {path.stem: _text(path) for path in paths}


def _text(path: Path) -> str:
    """The text of a regular file; what is none is not opened: a link's text would be published."""
    file = f"{FOLDER}/{path.name}"
    if path.suffix != ".toml":
        refuse(file, "", f"write the ending in small letters: {path.stem}.toml")
    try:
        with opened(path) as toml:
            data = toml.read(MOST_BYTES + 1)
    except NotAFileError:
        refuse(file, "", "is a folder, a link or a device, not a file; put the file itself there")
    except OSError as error:
        refuse(file, "", f"cannot be read: {error.strerror}")
    if len(data) > MOST_BYTES:
        refuse(file, "", f"is longer than {MOST_BYTES} bytes; nothing of that size is an experiment")
    try:
        text = data.decode("utf-8-sig")  # editors on Windows put a mark before the text
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        refuse(file, f"line {line}", "is not UTF-8; save the file as UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decode(text: str, kind: type[T], file: str) -> T:
    """The TOML text as a value of this type.

    Raises
    ------
    ConfigError
        whatever is wrong with the text.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MOST_BYTES:
        refuse(file, "", f"is longer than {MOST_BYTES} characters; nothing of that size is an experiment")
    if not text.strip():
        refuse(file, "", "is empty; an experiment begins with schema = 1")
    for number, line in enumerate(text.split("\n"), 1):
        if _SAID.sub("", line).count(".") > MOST_DOTS:
            refuse(file, f"line {number}", f"more than {MOST_DOTS} dots in one line; write shorter lines and keys")
    try:
        return msgspec.toml.decode(text, type=kind)
    except msgspec.ValidationError as error:
        _refuse_value(file, str(error), kind)
    except msgspec.DecodeError as error:
        twice = "; a key or a table stands there twice" if "overwrite" in str(error) else ""
        refuse(file, "", f"this is not TOML: {error}{twice}")
    except RecursionError:
        refuse(file, "", "lists or tables stand too deep inside each other; two levels are needed at most")
    except (ValueError, OverflowError):
        refuse(
            file, "", "a number has too many digits, or a character is none; nothing here needs a number of 20 digits"
        )


def _refuse_value(file: str, message: str, top: type[Any]) -> NoReturn:
    said, _, at = message.rpartition(" - at `")
    place = at.removesuffix("`") if said else "$"
    said = (said or message).replace(" | null", "")  # what is not given, which no file can write
    hint = ""
    if unknown := re.search(r"unknown field `([^`]*)`", said):
        hint = nearest(unknown[1], _struct_at(place, top).__struct_fields__)
        said = f"unknown key {shown(unknown[1])}"
    if said.startswith("Invalid enum value"):
        above, _, name = place.rpartition(".")
        choices = get_args(get_type_hints(_struct_at(above, top)).get(name))
        hint = f"; expected {' or '.join(map(repr, choices))}" if choices else ""
    if len(said) > 4 * _LONGEST_SHOWN:
        said = f"{said[: 4 * _LONGEST_SHOWN]}…"
    refuse(file, place.removeprefix("$").removeprefix(".") or "top level", f"{said}{hint}")


def _struct_at(place: str, top: type[Any]) -> type[Any]:
    return next((kind for pattern, kind in _STRUCTS if re.fullmatch(pattern, place)), top)
