"""A terminal for a test, where the system has one to give."""

from __future__ import annotations

import os

import pytest


def opened() -> tuple[int, int]:
    """Both ends of a new terminal; the test is skipped where there is none, as in a chroot without /dev/pts."""
    if not hasattr(os, "openpty"):
        pytest.skip("this system has no terminals of this kind")
    try:
        return os.openpty()
    except OSError as error:
        pytest.skip(f"no terminal can be opened here ({error.strerror})")


def needed() -> None:
    """Skip the test where no terminal can be had: what it tries opens one of its own."""
    for end in opened():
        os.close(end)
