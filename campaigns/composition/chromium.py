"""A Chromium that is on this machine takes pictures of pages; it is spoken to over a pipe, and opens no port.

The protocol is https://chromedevtools.github.io/devtools-protocol/: JSON, each message ended by a zero byte.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from campaigns.errors import AskwellError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
ELSEWHERE = (Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),)
FLAGS = (
    *("--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--disable-extensions"),
    *("--disable-background-networking", "--disable-sync", "--disable-component-update", "--hide-scrollbars"),
)
PATIENCE = 30.0  # seconds for any one answer
TALLEST = 16_000  # pixels
# Chromium reads from 3 and writes to 4.
TURN = "import os,sys; os.dup2(int(sys.argv[1]),3); os.dup2(int(sys.argv[2]),4); os.execv(sys.argv[3],sys.argv[3:])"


class NoBrowser(AskwellError):
    """There is no Chromium on this machine for pictures; install the package chromium, or Google Chrome."""


def find_browser() -> str:
    """Return the path of a Chromium; raises NoBrowser."""
    found = next(filter(None, map(shutil.which, NAMES)), None) or next((str(p) for p in ELSEWHERE if p.exists()), None)
    if found is None:
        raise NoBrowser
    return found


class Camera:
    """One browser with one page, for as many pictures as are wanted."""

    def __init__(self, browser: str) -> None:
        self._folder = tempfile.mkdtemp(prefix="askwell-chromium-")
        flags = [*FLAGS, f"--user-data-dir={self._folder}"]
        if os.geteuid() == 0:  # Chromium's own sandbox refuses to run as root
            flags.append("--no-sandbox")
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        high = [fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in (theirs_in, theirs_out)]
        turned = [sys.executable, "-c", TURN, *map(str, high), browser, *flags, "about:blank"]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(turned, pass_fds=high, stdin=quiet, stdout=quiet, stderr=quiet)
        for each in (theirs_in, theirs_out, *high):
            os.close(each)
        self._in, self._out = ours_in, ours_out
        self._read = b""
        self._count = 0
        self._session = ""

    def __enter__(self) -> Self:
        try:
            target = self._ask("Target.createTarget", url="about:blank")["targetId"]
            self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            self._ask("Page.enable")
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._close()

    def picture(self, page: Path, width: int, *, is_dark: bool = False) -> bytes:
        """Return a page as PNG, as high as it is at a width; raises AskwellError."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme])
        self._resize(width, 400)
        self._ask("Page.navigate", until="Page.loadEventFired", url=page.resolve().as_uri())
        size = self._ask("Page.getLayoutMetrics")["cssContentSize"]
        self._resize(width, min(max(int(size["height"]), 1), TALLEST))
        return base64.b64decode(self._ask("Page.captureScreenshot", format="png")["data"])

    def _resize(self, width: int, height: int) -> None:
        size = "Emulation.setDeviceMetricsOverride"
        self._ask(size, width=width, height=height, deviceScaleFactor=1, mobile=False)

    def _ask(self, method: str, until: str = "", **parameters: Any) -> dict[str, Any]:
        """Return the answer to a command, once the event has come that is to be waited for."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        try:
            os.write(self._out, json.dumps(message).encode() + b"\0")
        except OSError:
            raise AskwellError("The browser ended before it took a picture.") from None
        answer: dict[str, Any] | None = None
        while answer is None or until:
            heard = self._hear()
            if heard.get("id") == self._count:
                if "error" in heard:
                    raise AskwellError(f"The browser refused {method}.")
                answer = heard["result"]
            elif heard.get("method") == until:
                until = ""
        return answer

    def _hear(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            if not select.select([self._in], [], [], PATIENCE)[0]:
                raise AskwellError("The browser did not answer in half a minute.")
            more = os.read(self._in, 1 << 20)
            if not more:
                raise AskwellError("The browser ended before it took a picture; does it start on this machine?")
            self._read += more
        first, _, self._read = self._read.partition(b"\0")
        heard: dict[str, Any] = json.loads(first)
        return heard

    def _close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        os.close(self._out)
        shutil.rmtree(self._folder, ignore_errors=True)
