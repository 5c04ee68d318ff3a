"""What a study that was itself killed left behind: its processes, and what these had in shared memory."""

from __future__ import annotations

import contextlib

import psutil

from study.supervise import tree
from study.supervise.shared import Shared


def end_leftovers(run_id: str) -> int:
    """End every process of this user that carries `run_id`, with whole trees and what they leave in shared memory.

    For the start after the harness itself was killed: nobody was left to end its children. Returns how many there were.
    """
    ended: set[psutil.Process] = set()

    def find() -> list[psutil.Process]:
        found = set(tree.marked(run_id))
        for process in list(found):
            with contextlib.suppress(psutil.Error):
                found.update(process.children(recursive=True))
        alive = [process for process in found if tree.is_alive(process)]
        ended.update(alive)
        return alive

    shared = Shared(run_id)
    shared.look()
    shared.look_into([process.pid for process in find()])
    left = tree.end_all(find)
    shared.remove()
    return len(ended) - len(left)
