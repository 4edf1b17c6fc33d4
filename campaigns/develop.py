"""`make run`: everything at once in the foreground, from nothing to three mails in the mailbox."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

from honcho.environ import parse_procfile
from honcho.manager import Manager

from campaigns import clock, schema
from campaigns.errors import AskwellError, SettingsError
from campaigns.house import open_house
from campaigns.instance import redis_socket
from campaigns.sample.merchant import open_sample
from campaigns.settings import Settings
from campaigns.welcome import Welcome

HERE = Path(__file__).parent.parent
LONGEST_SOCKET = 100  # the kernel takes 107 bytes for the path of a socket
QUIET = {"redis"}
CLEAN_ENDS = {0, None, -2, -15, 130, 143}  # also: stopped by Ctrl-C, or told to


def main() -> int:
    try:
        settings = Settings.from_env()
        return run(settings, plan(settings, redis_binary()))
    except AskwellError as error:
        print(f"askwell: {error}", file=sys.stderr)
        return 1


def run(settings: Settings, processes: Mapping[str, str]) -> int:
    """Migrate, then run the processes until Ctrl-C; the first to fall takes all down."""
    house = open_house(settings)
    schema.upgrade(house.database)
    sample = open_sample(house, clock.now())
    house.database.close()
    manager = Manager()
    environment = _environment(settings, processes)
    for name, command in processes.items():
        manager.add_process(name, command, quiet=name in QUIET, env=environment, cwd=str(HERE))
    Thread(target=Welcome(house, sample, _named()).show, daemon=True).start()
    manager.loop()
    _forget_socket(settings)
    return 0 if manager.returncode in CLEAN_ENDS else 1


def plan(settings: Settings, redis: str | None) -> dict[str, str]:
    """Return the commands of the Procfile, with what this machine lacks beside them."""
    processes: dict[str, str] = dict(parse_procfile((HERE / "Procfile").read_text()).processes)
    _check_port("PORT", settings.port)
    if settings.uses_mailbox:
        _check_port("MAILBOX_PORT", settings.mailbox_port)
        processes = {"mailbox": "python worker.py mailbox", **processes}
    if settings.needs_redis and redis is not None:
        path = _socket_path(settings)
        path.unlink(missing_ok=True)
        options = f'--port 0 --unixsocket "{path}" --unixsocketperm 700 --dir "{settings.instance}" --save ""'
        processes = {"redis": f'"{redis}" {options}', **processes}
    return processes


def redis_binary() -> str | None:
    """Return a Redis of this machine, else the one of the wheel, else None."""
    beside = Path(sys.executable).with_name("redis-server")
    return shutil.which("redis-server") or shutil.which("valkey-server") or (str(beside) if beside.exists() else None)


def _environment(settings: Settings, processes: Mapping[str, str]) -> dict[str, str]:
    tools = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}", "PYTHONUNBUFFERED": "1"}
    environment |= {"PORT": str(settings.port)}
    if "redis" in processes:
        environment["REDIS_URL"] = f"unix://{_socket_path(settings)}"
    elif settings.redis_url and not settings.needs_redis:
        environment["REDIS_URL"] = settings.redis_url
    return environment


def _named() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PORT", "INSTANCE_DIR", "CLOCK_OFFSET") if os.environ.get(name)}


def _socket_path(settings: Settings) -> Path:
    settings.instance.mkdir(parents=True, exist_ok=True)
    path = redis_socket(settings.instance)
    return path if len(str(path)) < LONGEST_SOCKET else Path(tempfile.gettempdir()) / f"askwell-{settings.port}.sock"


def _forget_socket(settings: Settings) -> None:
    redis_socket(settings.instance).unlink(missing_ok=True)


def _check_port(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SettingsError(f"Port {port} is taken by another program; choose one with {name}=….") from None


if __name__ == "__main__":
    sys.exit(main())
