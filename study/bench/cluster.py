"""A cluster at an address: the way to it, and what a look at it tells before anything is measured.

The address and the files stand in the environment (`study.things.addressed`), and in no sentence of ours: what is written here
is kept. Only `distributed` knows the way; it is imported where it is needed.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import ssl
from importlib import import_module

from study.things.addressed import ADDRESS, AUTHORITY, CERTIFICATE, KEY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

KNOCK_S = 2.0
"""Until a port is open, and until it has said its first word."""
CONNECT_S = 5.0
"""Until Dask's own client is connected."""
TALKATIVE = ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio")
"""Loggers whose lines would name addresses."""
LIBRARIES = ("dask", "distributed", "cloudpickle", "msgpack")
"""What both sides must have the same version of, beside Python's minor version."""
_PLACE = re.compile(r"(?:tls|tcp)://(?:\[(?P<six>[^\]]+)\]|(?P<host>[^:\[\]]+)):(?P<port>\d+)/?\Z")


class RefusedError(Exception):
    """The cluster cannot be used; the text says why, without its address."""


def given() -> bool:
    """Whether an address is named at all."""
    return bool(os.environ.get(ADDRESS))


def connected() -> Any:  # noqa: ANN401 - a `distributed.Client`, which mypy does not know
    """A client of the cluster that the environment names, which says nothing on its own.

    Raises
    ------
    RefusedError
        if nobody answers.
    """
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    library = import_module("distributed")
    address = os.environ[ADDRESS]
    security = None
    if address.startswith("tls://"):
        security = library.Security(
            require_encryption=True,
            tls_ca_file=os.environ[AUTHORITY],
            tls_client_cert=os.environ[CERTIFICATE],
            tls_client_key=os.environ[KEY],
        )
    try:
        return library.Client(address, security=security, timeout=CONNECT_S, set_as_default=False)
    except (OSError, RuntimeError) as error:
        raise RefusedError(f"its scheduler does not answer ({type(error).__name__})") from None


def threads_of(client: Any) -> dict[str, int]:  # noqa: ANN401 - as above
    """Worker -> the threads that do its tasks."""
    found = client.sync(client.scheduler.identity, n_workers=-1, callback_timeout=CONNECT_S)
    return {address: int(facts["nthreads"]) for address, facts in found["workers"].items()}


def code() -> str:
    """Digest of what tasks are made of, as it lies where this is called: the kernels of dispatch and grain."""
    import hashlib
    import importlib.util
    from pathlib import Path

    digest = hashlib.sha256()
    for name in ("study.bench.kernels", "study.bench.kernels.noop", "study.bench.kernels.spin"):
        found = importlib.util.find_spec(name)
        if found is None or found.origin is None:
            raise ModuleNotFoundError(name)
        digest.update(Path(found.origin).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def look() -> dict[str, object]:
    """What the harness asks before it measures: `workers` and `threads`, or `why` it cannot be used."""
    try:
        _knock(os.environ[ADDRESS])
        client = connected()
    except RefusedError as error:
        return {"why": str(error)}
    try:
        return _looked_at(client)
    except RefusedError as error:
        return {"why": str(error)}
    except (OSError, RuntimeError) as error:
        return {"why": f"it does not answer any more ({type(error).__name__})"}
    finally:
        client.close(timeout=KNOCK_S)


def _looked_at(client: Any) -> dict[str, object]:  # noqa: ANN401 - as above
    threads = threads_of(client)
    if not threads:
        raise RefusedError("no worker has come to its scheduler: start some, then try again")
    known = client.get_versions()
    here = _versions(known["client"])
    sides = [("its scheduler", known["scheduler"]), *(("a worker", there) for there in known["workers"].values())]
    for who, there in sides:
        theirs = _versions(there)
        if name := next((name for name in here if theirs[name] != here[name]), ""):
            raise RefusedError(
                f"{who} has {name} {theirs[name]}, and this interpreter {here[name]}: start it with the same"
            )
    answers = client.run(code, on_error="return")
    if len(answers) < len(threads):
        raise RefusedError(f"{len(threads) - len(answers)} of {len(threads)} workers do not answer")
    for answer in answers.values():
        if isinstance(answer, Exception):
            raise RefusedError(
                f"its workers cannot do the study's tasks ({type(answer).__name__}): start them in the project's folder"
            )
        if answer != code():
            raise RefusedError("its workers have another version of the study: give them a checkout of the same commit")
    return {"why": "", "workers": len(threads), "threads": sum(threads.values())}


def _versions(side: Mapping[str, Any]) -> dict[str, str]:
    """Of one side, what must be equal."""
    packages = side["packages"]
    python = ".".join(str(packages["python"]).split(".")[:2])
    return {"Python": python, **{name: str(packages[name]) for name in LIBRARIES}}


def _knock(address: str) -> None:
    """Find out in a moment what Dask's client would try again and again: nobody there, or a certificate of somebody else.

    A scheduler of Dask's speaks first.
    """
    found = _PLACE.match(address)
    if found is None:
        raise RefusedError("that is no address")
    try:
        plain = socket.create_connection((found["six"] or found["host"], int(found["port"])), timeout=KNOCK_S)
    except OSError as error:
        raise RefusedError(
            f"nobody answers there ({error.strerror or type(error).__name__}): is its scheduler running?"
        ) from None
    with plain:
        spoken = _encrypted(plain) if address.startswith("tls://") else plain
        try:
            first = spoken.recv(1)
        except TimeoutError:
            raise RefusedError(
                "who answers there is no scheduler of Dask's, or expects tls:// instead of tcp://"
            ) from None
        except OSError:  # an `ssl.SSLError` is one
            first = b""
        if not first and spoken is plain:
            raise RefusedError("who answers there ends the connection at once: does it expect tls://?")
        if not first:
            raise RefusedError("its scheduler refuses our certificate: is it of the same authority?")


def _encrypted(plain: socket.socket) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # as Dask does: who has a certificate of the authority is of the cluster
    try:
        context.load_verify_locations(os.environ[AUTHORITY])
        context.load_cert_chain(os.environ[CERTIFICATE], os.environ[KEY])
    except (OSError, ValueError) as error:
        raise RefusedError(
            f"the certificates cannot be used ({type(error).__name__}): do certificate and key belong together?"
        ) from None
    try:
        return context.wrap_socket(plain)
    except ssl.SSLCertVerificationError:
        raise RefusedError("the certificate of its scheduler is not of the authority that is named") from None
    except (OSError, ValueError) as error:
        raise RefusedError(
            f"who answers there does not speak TLS as asked ({type(error).__name__}): is it tcp://?"
        ) from None
