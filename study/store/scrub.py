"""Taking people, hosts and paths out of text before it is kept."""

from __future__ import annotations

import contextlib
import getpass
import re
import socket
from functools import lru_cache
from pathlib import Path

_PATH = re.compile(r"(?<![\w.<])(?:[A-Za-z]:)?(?:[/\\][^\s/\\:'\"<>|,;()]+){1,}[/\\]?")
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SHORTEST = 3
"""A shorter user or host name is a common word or syllable: it is replaced as a whole word only."""


_EVERYBODYS = frozenset({"root", "localhost"})
"""Names that tell nobody from others."""


@lru_cache(maxsize=1)
def private_words() -> tuple[str, ...]:
    """What must not appear in results: this host's names and this user's."""
    words = set()
    with contextlib.suppress(OSError, UnicodeError):  # a host's name may be no name of the network's
        host = socket.gethostname()
        words |= {host, host.split(".")[0]}
        words.add(socket.getfqdn())
    with contextlib.suppress(RuntimeError):  # a user without a home has none to hide
        words.add(Path.home().name)
    with contextlib.suppress(OSError, KeyError, ImportError):  # nor has one without a name
        words.add(getpass.getuser())
    return tuple(sorted((word for word in words if word), key=len, reverse=True))


def scrub(text: str) -> str:
    """`text` with absolute paths cut to their last part, and host, user and addresses replaced."""
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    text = _PATH.sub(lambda match: "…/" + re.split(r"[/\\]", match[0].rstrip("/\\"))[-1], text)
    text = _ADDRESS.sub("<address>", text)
    for word in private_words():
        text = _word(word).sub("<private>", text)
    return text


def unscrubbed(text: str) -> str:
    """What a text still has of this host's names, this user's, their home or an address; '' if nothing."""
    patterns = [_ADDRESS, *(_word(word) for word in private_words() if word not in _EVERYBODYS)]
    with contextlib.suppress(RuntimeError):
        home = Path.home()
        patterns += [re.compile(re.escape(str(home)))] if len(home.parts) > 2 else []
    return next((match[0] for pattern in patterns if (match := pattern.search(text))), "")


@lru_cache(maxsize=32)
def _word(word: str) -> re.Pattern[str]:
    boundary = r"\b" if len(word) < _SHORTEST or word.isalnum() else ""
    return re.compile(f"{boundary}{re.escape(word)}{boundary}")
