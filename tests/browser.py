"""A real browser for the tests of the page: Chromium without a window, spoken to through two pipes.

Chromium's own protocol (DevTools) is JSON with a zero byte after each message; with `--remote-debugging-pipe` it reads
from file descriptor 3 and answers on 4. That needs no package and no port, and whatever Chromium is there will do.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VARIABLE = "CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
ON_A_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
SKIPPED = "needs a browser: "
"""What the reason of a test begins with that is skipped for want of a browser; conftest.py counts these."""
REMEDY = f"install chromium (Debian: apt-get install chromium), or set {VARIABLE} to the path of a Chromium or Chrome"
KEYS = {"Enter": ("\r", 13), "Tab": ("", 9), "Escape": ("", 27)}
"""Key -> the character it writes, and its number."""
PATIENCE_S = 120.0
"""How long an answer may take: far more than one needs on a busy machine."""


class BrowserError(Exception):
    """The browser cannot be spoken to, or says no."""


def installed() -> str:
    """Path of a browser, or skip the test that asks."""
    if named := os.environ.get(VARIABLE):
        return named
    if os.name != "posix":
        pytest.skip(f"{SKIPPED}on this system none can be spoken to through pipes")
    paths = [path for name in NAMES if (path := shutil.which(name))]
    paths += [str(ON_A_MAC)] if ON_A_MAC.exists() else []
    if not paths:
        pytest.skip(f"{SKIPPED}none was found")
    return paths[0]


@contextmanager
def opened(profile: Path) -> Iterator[Browser]:
    """A browser that has answered. One that was found and does not start is none; one named by hand must start."""
    with Browser(installed(), profile) as browser:
        try:
            browser.call("Browser.getVersion")
        except BrowserError as error:
            if os.environ.get(VARIABLE):
                raise
            pytest.skip(f"{SKIPPED}the one found does not start ({str(error).splitlines()[-1]})")
        yield browser


class Browser:
    """One browser; it ends with the `with`."""

    def __init__(self, path: str, profile: Path) -> None:
        command = [
            path,
            "--headless",
            "--remote-debugging-pipe",
            f"--user-data-dir={profile}",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
        ]
        self._said = profile.with_suffix(".txt")
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", 'exec "$@" 3<&0 4>&1 1>&2 0</dev/null', "sh", *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                bufsize=0,
                start_new_session=True,
            )
        self._unread = b""
        self._asked = 0
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.call("Browser.close")
            self._process.wait(10)
        except (BrowserError, subprocess.TimeoutExpired):
            self._kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def call(self, method: str, session: str = "", /, **parameters: object) -> dict[str, Any]:
        """Ask for something and wait for the answer; events that come meanwhile are kept."""
        self._asked += 1
        message = {"id": self._asked, "method": method, "params": parameters}
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(
                json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0"
            )
        except BrokenPipeError:
            raise self._ended() from None
        while True:
            answer = self._read()
            if answer.get("id") != self._asked:
                self.events.append(answer)
            elif "error" in answer:
                raise BrowserError(f"{method}: {answer['error']['message']}")
            else:
                result: dict[str, Any] = answer["result"]
                return result

    def wait(self, method: str, session: str) -> None:
        """Wait until this event has come; what came before it stays among the events."""
        while not any(event["method"] == method and event.get("sessionId") == session for event in self.events):
            self.events.append(self._read())

    @contextmanager
    def page(self, path: Path, *, script: bool = True, fragment: str = "") -> Iterator[Page]:
        """The file in a new tab, loaded whole; `fragment` stands behind its address, with its sign."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        for domain in ("Page", "Runtime", "Log"):
            page.call(f"{domain}.enable")
        page.size(1200, 900)
        page.call("Emulation.setScriptExecutionDisabled", value=not script)
        page.call("Page.navigate", url=f"{path.as_uri()}{fragment}")
        self.wait("Page.loadEventFired", session)
        try:
            yield page
        finally:
            with suppress(BrowserError):
                self.call("Target.closeTarget", targetId=target)

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        until = time.monotonic() + PATIENCE_S
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._process.stdout], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                self._kill()  # or every later test would wait as long
                raise BrowserError(f"no word from the browser for {PATIENCE_S:.0f} s")
            more = os.read(self._process.stdout.fileno(), 1 << 16)
            if not more:
                raise self._ended()
            self._unread += more
        message, _, self._unread = self._unread.partition(b"\0")
        read: dict[str, Any] = json.loads(message)
        return read

    def _kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _ended(self) -> BrowserError:
        return BrowserError(f"the browser ended: {self._said.read_text(encoding='utf-8', errors='replace')[-2000:]}")


@dataclass(frozen=True, slots=True)
class Page:
    """One tab: what a person does with it, and what the browser has to say of it."""

    browser: Browser
    session: str

    def call(self, method: str, /, **parameters: object) -> dict[str, Any]:
        return self.browser.call(method, self.session, **parameters)

    def evaluate(self, expression: str) -> Any:
        """Value of a JavaScript expression; of a promise, what it comes to."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(str(answer["exceptionDetails"].get("exception", {}).get("description")))
        return answer["result"].get("value")

    def size(self, width: int, height: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def media(self, name: str = "", **features: str) -> None:
        named = [{"name": feature.replace("_", "-"), "value": value} for feature, value in features.items()]
        self.call("Emulation.setEmulatedMedia", media=name, features=named)

    def middle(self, element: str) -> tuple[float, float]:
        """Where an element's middle is on the screen, after bringing it there."""
        box: Mapping[str, float] = self.evaluate(
            f"(() => {{const it = {element}; it.scrollIntoView({{block: 'center', inline: 'nearest', behavior: 'instant'}});"
            "const box = it.getBoundingClientRect(); return {x: box.x + box.width / 2, y: box.y + box.height / 2};})()"
        )
        return box["x"], box["y"]

    def move(self, x: float, y: float) -> None:
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, element: str) -> None:
        """Press the mouse's button over the middle of this element (a JavaScript expression)."""
        x, y = self.middle(element)
        self.move(x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, name: str) -> None:
        text, code = KEYS[name]
        more = {"text": text} if text else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=name, windowsVirtualKeyCode=code, **more)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=name, windowsVirtualKeyCode=code)

    def write(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def complaints(self) -> list[str]:
        """What stands in the console: errors of the script, of the policy, of anything that could not be loaded."""
        self.evaluate("0")  # what was said before the answer has come with it
        texts = []
        for event in self.browser.events:
            if event.get("sessionId") != self.session:
                continue
            match event["method"], event["params"]:
                case "Runtime.exceptionThrown", {"exceptionDetails": details}:
                    texts.append(str(details.get("exception", details).get("description", details["text"])))
                case "Log.entryAdded", {"entry": {"level": "error" | "warning", "text": text}}:
                    texts.append(text)
                case "Runtime.consoleAPICalled", {"type": "error" | "warning" | "assert"}:
                    texts.append(str(event["params"]["args"]))
        return texts
