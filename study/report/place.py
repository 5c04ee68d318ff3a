"""The folder a report is written into: what in it is ours, and how a new report takes the place of the old one.

Nothing is written where something stands that is not ours, and nothing of it is read through a link. What is ours says a
file in the folder: name and SHA-256 of every file that was written, as `sha256sum --check` reads them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from study.errors import ReportError
from study.plain import NotAFileError, opened

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

PAGE, PDF, APPENDIX, DATA = "index.html", "report.pdf", "report-appendix.pdf", "data"
MARKER = ".parallel-python-study-report"
_HEADER = (
    "# The files of this folder that parallel-python-study wrote: its next report replaces them, and nothing else.\n"
)
_LINE = re.compile(r"([0-9a-f]{64})  ([a-z-]+\.html|report(?:-appendix)?\.pdf|data/[^/\\\\]+)\Z")
_MAKING = ".parallel-python-study-making-"
_LARGEST_BYTES = 64 << 20
"""No file of a report is larger; a larger one is not ours."""
_OLD_TITLE = "What parallel Python costs, and what it gives"
"""Title of the reports that were written before there was a marker."""

Owned = dict[str, set[str]]
"""Name of a file, as in the marker -> the SHA-256 it may have as ours: two while a new report takes the old one's place."""


def check(out: Path, *, root: Path, results: Path, runs: Iterable[Path], measuring: bool = False) -> None:
    """Find out, before anything is measured, that no report can be written into `out`. Nothing is changed.

    Parameters
    ----------
    root : the project's folder; neither it nor anything in its `results/` holds a report.
    results, runs : the folder of runs, and each run's own: no report lies among them.
    measuring : whether a run will be begun in `results`, in a folder of which nobody knows the name yet.

    Raises
    ------
    ReportError
        naming what stands in the way.
    """
    try:
        here, committed, measured = _real(out), _real(root) / "results", _real(results)
        if here in {_real(root), measured} or here.parent == here:
            raise ReportError(f"{out}: a report needs a folder of its own; name another with --out")
        above = {here, *here.parents}
        among = measuring and measured in above and measured / "report" not in above  # no machine has that name
        if among or {committed, *(_real(run).parent for run in runs)} & above:
            raise ReportError(f"{out}: lies among the runs; name another with --out, or leave it out")
        claim(out)
        for folder in (here, here / DATA):
            standing = next(path for path in (folder, *folder.parents) if path.exists())
            if not os.access(standing, os.W_OK | os.X_OK):
                raise ReportError(f"{standing} cannot be written; free the folder or name another with --out")
    except OSError as error:
        raise _unwritable(out, error) from error


def claim(out: Path, names: Iterable[str] = ()) -> Owned:
    """What is ours in `out`.

    Parameters
    ----------
    names : further files, such as 'data/verdicts.csv', that are to be written.

    Raises
    ------
    ReportError
        naming what stands where a report is to be written, and is not ours.
    """
    if not out.exists() and not out.is_symlink():
        return {}
    if not out.is_dir():
        raise ReportError(f"{out} is a file, and a report is a folder; name another with --out")
    owned = _marked(out)
    if owned is None:
        owned = _of_an_old_page(out)
    data = out / DATA
    if _stands(data):
        if not stat.S_ISDIR(data.lstat().st_mode):
            raise _foreign(data, "is no folder")
        if not any(name.startswith(f"{DATA}/") for name in owned):
            raise _foreign(data, "is not of this study")
    for name in (PAGE, PDF, APPENDIX, *names):
        if _stands(out / name) and not _is_ours(out / name, owned.get(name, ())):
            what = "was changed since this study wrote it" if name in owned else "is not of this study"
            raise _foreign(out / name, what)
    return owned


@contextlib.contextmanager
def making(out: Path) -> Iterator[Path]:
    """A folder inside `out` to make the report in, removed at the end; what a report that was killed has left goes first."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with _alone(out):
            for left in out.glob(f"{_MAKING}*"):
                if left.is_dir() and not left.is_symlink():
                    shutil.rmtree(left, ignore_errors=True)
            made = Path(tempfile.mkdtemp(prefix=_MAKING, dir=out))
            try:
                yield made
            finally:
                shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise _unwritable(out, error) from error


def put(made: Path, out: Path) -> None:
    """Move the report in `made` to its place in `out`; at every moment the old one or the new one can be read there.

    Each file appears whole, the page, which names the others, after them. What the old report alone had goes last. What is
    not ours stays as it is, in `data/` too.
    """
    paths = (*made.glob("*.html"), made / PDF, made / APPENDIX, *(made / DATA).iterdir())
    new = {path.relative_to(made).as_posix(): _digest(path) for path in paths if path.is_file()}
    owned = claim(out, [name for name in new if name not in {PAGE, PDF, APPENDIX}])
    both = {name: owned.get(name, set()) | {new[name]} for name in new} | {
        name: digests for name, digests in owned.items() if name not in new
    }
    _mark(made, out, both)  # a stop before the end leaves nothing that the next report would not know as ours
    (out / DATA).mkdir(exist_ok=True)
    for name in sorted(new, key=lambda name: name == PAGE):
        (made / name).replace(out / name)
    for name in owned.keys() - new.keys():
        if _is_ours(out / name, owned[name]):
            (out / name).unlink()
    _mark(made, out, {name: {digest} for name, digest in new.items()})


def _mark(made: Path, out: Path, owned: Owned) -> None:
    lines = [f"{digest}  {name}\n" for name, digests in sorted(owned.items()) for digest in sorted(digests)]
    with (made / MARKER).open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEADER + "".join(lines))
        file.flush()
        os.fsync(file.fileno())
    (made / MARKER).replace(out / MARKER)


def _marked(out: Path) -> Owned | None:
    """What the marker says; None where there is none."""
    if not _stands(out / MARKER):
        return None
    text = _text(out / MARKER)
    if _is_regular(out / MARKER) and not text.strip("\0 \n"):
        return None  # cut off when the machine stopped: it names nothing, as one that is missing
    lines = [_LINE.match(line) for line in text.removeprefix(_HEADER).splitlines()]
    if not text.startswith(_HEADER) or None in lines:
        raise ReportError(
            f"{out / MARKER}: names the files that a report may replace, and is not what this study writes. Nothing was"
            " changed: remove it, and move away what is refused then, or name another folder with --out"
        )
    owned: Owned = {}
    for line in filter(None, lines):
        owned.setdefault(line[2], set()).add(line[1])
    return owned


def _text(path: Path) -> str:
    """The text of a file, as it was before an editor or a transfer put a mark before it or changed the ends of its lines."""
    return _bytes(path).decode("utf-8-sig", "replace").replace("\r\n", "\n")


def _of_an_old_page(out: Path) -> Owned:
    """The files of a report from before there was a marker: its page, told by its head, the PDF and what it links to."""
    page = _bytes(out / PAGE).decode("utf-8", "replace")
    head = page[: page.find("<style>")]
    if f"<title>{_OLD_TITLE}</title>" not in head or "default-src &#39;none&#39;" not in head:
        return {}
    names = [PAGE, *(f"{DATA}/{name}" for name in re.findall(rf'href="{DATA}/([^"/\\]+)"', page))]
    if _OLD_TITLE.encode() in (made := _bytes(out / PDF)) and b"/Creator(Typst" in made:
        names.append(PDF)
    return {name: {_digest(out / name)} for name in names if _is_regular(out / name)}


def _real(path: Path) -> Path:
    """Where it leads; a link that leads to itself stays what it is, where `Path.resolve` fails in one way or another."""
    return Path(os.path.realpath(path))


def _stands(path: Path) -> bool:
    return os.path.lexists(path)


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _is_ours(path: Path, digests: Collection[str]) -> bool:
    return bool(digests) and _is_regular(path) and _digest(path) in digests


def _digest(path: Path) -> str:
    return hashlib.sha256(_bytes(path)).hexdigest()


def _bytes(path: Path) -> bytes:
    """What a regular file holds, at most `_LARGEST_BYTES` and one; nothing of anything else, and no link is followed."""
    try:
        with opened(path) as file:
            return file.read(_LARGEST_BYTES + 1)
    except (NotAFileError, FileNotFoundError):
        return b""


@contextlib.contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Hold the folder, so that two reports never mix there; where folders cannot be locked, nothing keeps them apart."""
    try:
        import fcntl  # noqa: PLC0415 - Unix only
    except ImportError:
        yield
        return
    descriptor = os.open(out, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ReportError(f"{out}: another report is being written there; wait for it") from None
        except OSError:  # some network file systems lock no folders
            pass
        yield
    finally:
        os.close(descriptor)


def _foreign(path: Path, what: str) -> ReportError:
    return ReportError(
        f"{path}: {what}, and a report would take its place. Nothing was changed: move it away, or name another folder with"
        " --out"
    )


def _unwritable(out: Path, error: OSError) -> ReportError:
    return ReportError(f"{out} cannot be written: {error}; free the folder or name another with --out")
