"""`python main.py ORDER ANSWER`: one part of the probe, as ORDER (JSON) says; what it finds is written to ANSWER.

Children that are not copies of their parent import this module again before they do anything, as they would import the
reader's program: so it loads next to nothing.
"""

from __future__ import annotations

import os
import sys

PACKAGE = "_study_probe"
FOLDER = os.path.dirname(os.path.abspath(__file__))


def register() -> None:
    """Make this folder a package that no module of the reader's can be mistaken for."""
    if PACKAGE not in sys.modules:
        package = type(sys)(PACKAGE)
        package.__path__ = [FOLDER]
        sys.modules[PACKAGE] = package


def main() -> None:
    """Read the order, stand where the reader's program would stand, and carry the part out."""
    import importlib
    import json

    order_path, answer_path = sys.argv[1:3]
    del sys.argv[1:]
    with open(order_path, encoding="utf-8") as file:
        order = json.load(file)
    if sys.path and os.path.realpath(sys.path[0]) == os.path.realpath(FOLDER):
        del sys.path[0]
    sys.path.insert(0, order["folder"])
    answers = importlib.import_module(f"{PACKAGE}.answers").Answers(answer_path)
    part = importlib.import_module(f"{PACKAGE}.{order['part']}")
    refused = importlib.import_module(f"{PACKAGE}.refused")
    try:
        answers.say("done", part.measure(order, answers))
    except refused.RefusedError as error:
        answers.say("refused", error.facts)


def leave() -> None:
    """End here where the interpreter would wait at its end for threads or processes that the reader's code left behind."""
    import contextlib
    import multiprocessing
    import threading

    threads = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    if any(not thread.daemon for thread in threads) or any(
        not child.daemon for child in multiprocessing.active_children()
    ):
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                with contextlib.suppress(OSError, ValueError):  # the reader's code may have closed it
                    stream.flush()
        os._exit(0)


register()
if __name__ == "__main__":
    main()
    leave()
