"""A web server with processes of its own, started as the Procfile says."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Server:
    """A web server with its own processes, the way an operator starts it."""

    port: int
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it as a power cut would: every process at once, without a word."""
        os.killpg(self.process.pid, signal.SIGKILL)


@contextmanager
def served(application: str, environ: dict[str, str]) -> Iterator[Server]:
    """Serve an application as the Procfile says."""
    line = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web:"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = line.removeprefix("web:").strip().replace("wsgi:app", application)
    with (Path(environ["INSTANCE_DIR"]) / f"{application.partition(':')[0]}.log").open("w") as log:
        process = subprocess.Popen(
            ["sh", "-c", f"exec {command}"],
            env={**os.environ, **environ, "PATH": path, "PORT": str(port)},
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    server = Server(port, process)
    try:
        _wait_for(port, process)
        yield server
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")
