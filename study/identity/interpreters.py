"""What makes two interpreters the same: version, build options, compiler, GIL, JIT, debug build, variables, label, packages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DEBUG_OPTIONS = frozenset({"--with-pydebug", "--with-trace-refs"})
"""Options of configure that make a debug build."""
GIL = "PYTHON_GIL"
"""The variable that switches the lock of a free-threaded build on or off."""
COLLECTOR = "garbage collector"
"""The name of that setting."""
_JIT = "--enable-experimental-jit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """One interpreter under study, from its stored facts; '' or empty where a fact is absent.

    Attributes
    ----------
    free_threaded : whether it is a build that can run without the GIL.
    gil, jit, debug : whether the GIL was held, the JIT compiled, and it is a debug build.
    options : configure's options that bear on speed, in alphabetic order.
    variables : PYTHON_JIT, PYTHON_GIL and the like as the user set them, in alphabetic order.
    packages : name and version of each that an arm has in place of the lock's, in alphabetic order.
    settings : what else it was built and started with, by its words; not what the first versions of the study did not
        ask for, so two are the same whatever is known of these.
    """

    version: str
    free_threaded: bool
    gil: bool
    jit: bool
    debug: bool
    compiler: str
    options: tuple[str, ...]
    variables: tuple[tuple[str, str], ...]
    label: str
    packages: tuple[tuple[str, str], ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def kind(self) -> tuple[object, ...]:
        """What must be equal before cells of two are called equal at all; compiler and other options are told beside."""
        return self.version, self.gil, self.jit, self.debug, self.variables, self.label, self.packages

    @property
    def in_words(self) -> tuple[tuple[str, str | tuple[str, ...]], ...]:
        """What it is, as a person reads it: (label, value), '' for what it does not say; a tuple of the build's options."""
        return (
            ("version", self.version),
            ("free-threaded build", _yes(self.free_threaded)),
            ("debug build", _yes(self.debug)),
            ("JIT", _yes(self.jit)),
            ("GIL", _yes(self.gil)),
            ("compiler", self.compiler),
            ("options of the build", self.options),
            ("variables", _set(self.variables)),
            ("packages", _set(self.packages, "==")),
            ("label", self.label or "none"),
            *self.settings.items(),
        )

    def beside(self, other: Interpreter) -> tuple[str, ...]:
        """What differs from another one, in words ('debug build: yes / no'), this one's first."""
        mine, theirs = set(self.options), set(other.options)
        pairs = (
            ("debug build", _yes(self.debug), _yes(other.debug)),
            ("JIT", _yes(self.jit), _yes(other.jit)),
            ("GIL", _yes(self.gil), _yes(other.gil)),
            ("compiler", self.compiler, other.compiler),
            ("options of the build", _listed(sorted(mine - theirs)), _listed(sorted(theirs - mine))),
            ("variables", _set(self.variables), _set(other.variables)),
            ("packages", _set(self.packages, "=="), _set(other.packages, "==")),
            ("label", self.label or "none", other.label or "none"),
            *((what, said, other.settings.get(what, "")) for what, said in self.settings.items()),
        )
        return tuple(f"{what}: {one} / {two}" for what, one, two in pairs if one != two and one and two)


def interpreter(facts: Mapping[str, Any]) -> Interpreter:
    """The identity of an interpreter from the facts of a target, those of older runs too.

    Runs from before `debug` was a fact tell a debug build by configure's options; interpreters that cannot say whether
    their JIT is on tell it by these and by PYTHON_JIT.
    """
    options = _texts(facts.get("config_args"))
    variables, packages = (
        {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}
        for given in (facts.get("variables"), facts.get("packages"))
    )
    debug, label = facts.get("debug"), facts.get("label")
    return Interpreter(
        version=_text(facts.get("version")),
        free_threaded=facts.get("free_threaded") is True,
        gil=facts.get("gil_enabled") is not False,
        jit=_jit_enabled(facts.get("jit"), options, variables),
        debug=debug if isinstance(debug, bool) else bool(DEBUG_OPTIONS & set(options)),
        compiler=_text(facts.get("compiler")),
        options=options,
        variables=tuple(sorted(variables.items())),
        label=_text(label),
        packages=tuple(sorted(packages.items())),
        settings=_settings(facts),
    )


def _settings(facts: Mapping[str, Any]) -> dict[str, str]:
    """What an interpreter was built and started with that stands in no other field, as far as it was asked."""
    frame_pointers, thresholds = facts.get("frame_pointers"), facts.get("gc_thresholds")
    bytecode, x_options = facts.get("thread_local_bytecode"), facts.get("x_options")
    said = {
        "frame pointers": _yes(frame_pointers) if isinstance(frame_pointers, bool) else "",
        COLLECTOR: _collector(thresholds, free_threaded=facts.get("free_threaded") is True),
        "lazy imports": _text(facts.get("lazy_imports")),
        "bytecode of each thread": _yes(bytecode) if isinstance(bytecode, bool) else "",
        "-X options": _listed(_texts(x_options)) if isinstance(x_options, list) else "",
    }
    return {what: words for what, words in said.items() if words}


def _collector(thresholds: object, *, free_threaded: bool) -> str:
    """`gc.get_threshold()` in words: a third generation that nothing fills is that of an incremental collector.

    A free-threaded build has thresholds for generations, and no generations: it looks at every object each time.
    """
    if not isinstance(thresholds, list) or not thresholds:
        return ""
    numbers = ", ".join(map(str, thresholds))
    kind = "not generational" if free_threaded else "incremental" if thresholds[-1] == 0 else "generational"
    return f"{kind} (thresholds {numbers})"


def _jit_enabled(said: object, options: Sequence[str], variables: Mapping[str, str]) -> bool:
    """`sys._jit` says it since 3.14; before, what it was built with and PYTHON_JIT decide."""
    if isinstance(said, dict):
        return said.get("enabled") is True
    built = {option.partition("=")[2] or "yes" for option in options if option.partition("=")[0] == _JIT}
    if built <= {"no", "interpreter"}:
        return False
    wished = variables.get("PYTHON_JIT", "")
    return wished != "0" if "yes" in built else wished not in {"", "0"}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(sorted(text for text in value if isinstance(text, str))) if isinstance(value, list) else ()


def _yes(value: bool) -> str:  # noqa: FBT001 - the word for it
    return "yes" if value else "no"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) or "none"


def _set(given: Sequence[tuple[str, str]], sign: str = "=") -> str:
    return _listed([f"{name}{sign}{value}" for name, value in given])
