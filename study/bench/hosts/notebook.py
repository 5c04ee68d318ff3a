"""A notebook without its page: `python -m study.bench.hosts.notebook PROGRAM METHOD` runs a file's parts as cells of a kernel.

What the cells print comes out on standard output, errors of theirs on standard error. It ends with 1 where a cell failed. The
kernel is a child in the same process group, so that whoever ends the group ends all of it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from queue import Empty

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

READY = "ready\n"
"""Said first of all, when the kernel is there."""
READY_S = 60.0
STILL_S = 0.5
"""After the last cell has ended, what children wrote comes in messages of its own: so long nothing new has come."""


def main(words: Sequence[str]) -> int:
    """Start a kernel, run the cells, stop the kernel; 0 if every cell ended without an error."""
    blocking, connect = import_module("jupyter_client.blocking"), import_module("jupyter_client.connect")
    text, method = Path(words[0]).read_text(encoding="utf-8"), words[1]
    cells = [f"import sys; sys.argv = ['', {method!r}]", *text.split("\n\n\n")]
    with tempfile.TemporaryDirectory(prefix="study-") as folder:
        sockets = {
            "transport": "ipc",
            "ip": str(Path(folder, "ipc")),
        }  # a free port may be taken before the kernel has it
        connection, _ = connect.write_connection_file(str(Path(folder, "kernel.json")), **sockets)
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", connection]
        nowhere = subprocess.DEVNULL
        with subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere) as kernel:
            client = blocking.BlockingKernelClient(connection_file=connection)
            client.load_connection_file()
            client.start_channels(hb=False)  # a busy machine's kernel that misses a beat is not dead
            try:
                _wait_until_ready(client, kernel)
                print(READY, end="", flush=True)  # noqa: T201 - from here on the program's time counts
                failed = [_fails(client, cell, still_s=0.0) for cell in cells[:-1]]
                failed.append(_fails(client, cells[-1], still_s=STILL_S))
            finally:
                client.stop_channels()
                kernel.kill()  # told to end it would first wait for children that a program may have left
    return int(any(failed))


def _wait_until_ready(client: Any, kernel: subprocess.Popen[bytes]) -> None:  # noqa: ANN401 - as below
    """Ask the kernel until it answers on both channels."""
    deadline_s = time.monotonic() + READY_S
    while kernel.poll() is None and time.monotonic() < deadline_s:
        client.kernel_info()
        try:
            client.get_shell_msg(timeout=0.5)
            client.get_iopub_msg(timeout=0.5)
        except Empty:
            continue
        return
    raise SystemExit(f"the kernel did not answer; its exit code is {kernel.poll()}")


def _fails(client: Any, cell: str, *, still_s: float) -> bool:  # noqa: ANN401 - a client of a package that nobody else needs
    """Run one cell, and listen until nothing came for so long after its end; True where it ended with an error."""
    asked = client.execute(cell, store_history=False)
    failed = idle = False
    quiet_since_s = time.monotonic()
    while not idle or time.monotonic() - quiet_since_s < still_s:
        try:
            message = client.get_iopub_msg(timeout=0.05)
        except Empty:
            continue
        kind, content = message["msg_type"], message["content"]
        quiet_since_s = time.monotonic()
        if kind == "stream":
            print(content["text"], end="", flush=True, file=sys.stdout if content["name"] == "stdout" else sys.stderr)
        elif kind == "error":
            failed = True
            print(f"{content['ename']}: {content['evalue']}", flush=True, file=sys.stderr)  # noqa: T201 - passed on
        elif kind == "status" and content["execution_state"] == "idle":
            idle = idle or message["parent_header"].get("msg_id") == asked
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
