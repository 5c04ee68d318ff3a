"""What a payload, or memory that is read, is made of, and where both sides of a message run."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from study.things.kernels import NUMPY
from study.things.records import Form, Word

if TYPE_CHECKING:
    from collections.abc import Mapping


def _form(
    name: str, *, byte_factor: float | None, copied_share: float | None, package: str = "", words: str = ""
) -> Form:
    """A form that goes inside the pickle; its words are its name where none are given."""
    return Form(
        name=name,
        words=words or name,
        package=package,
        beside_pickle=False,
        byte_factor=byte_factor,
        copied_share=copied_share,
    )


BYTES = _form("", words="bytes", byte_factor=1.0, copied_share=1e-4)
ARRAY = _form("array", package=NUMPY, byte_factor=1.1, copied_share=1e-4)
ARRAY_OUT_OF_BAND = Form(
    name="array_out_of_band",
    words="array_out_of_band",
    package=NUMPY,
    beside_pickle=True,
    byte_factor=0.8,
    copied_share=None,
)
LIST = _form("list", byte_factor=20.0, copied_share=None)
DICT = _form("dict", byte_factor=60.0, copied_share=0.9)
RECORDS = _form("records", words="list of dicts", byte_factor=25.0, copied_share=None)
INTS = _form("ints", byte_factor=None, copied_share=0.9)
STRINGS = _form("strings", byte_factor=None, copied_share=0.9)
BYTEARRAY = _form("bytearray", byte_factor=None, copied_share=1e-4)
FORMS: Mapping[str, Form] = MappingProxyType(
    {form.name: form for form in (BYTES, ARRAY, ARRAY_OUT_OF_BAND, LIST, DICT, RECORDS, INTS, STRINGS, BYTEARRAY)}
)
"""Name -> record; '' is `bytes`."""

ANYWHERE = Word("", "")
SAME_CPU = Word("same_cpu", "same CPU")
OTHER_CPU = Word("other_cpu", "another core")
SIBLINGS = Word("siblings", "CPUs of one core")
CORES = Word("cores", "CPUs of two cores")
FASTEST = Word("fastest", "CPU of the fastest class")
SLOWEST = Word("slowest", "CPU of the slowest class")
PLACEMENTS: Mapping[str, Word] = MappingProxyType(
    {place.name: place for place in (ANYWHERE, SAME_CPU, OTHER_CPU, SIBLINGS, CORES, FASTEST, SLOWEST)}
)
"""Name -> where two sides of a message, or two independent processes, run; '' is wherever the scheduler puts them."""
