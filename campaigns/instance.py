"""What an installation keeps in its own folder, and where."""

import os
import secrets
from pathlib import Path

SECRET_BYTES = 32


def redis_socket(instance: Path) -> Path:
    """Where the embedded Redis of an instance listens."""
    return instance / "redis.sock"


def embedded_redis(instance: Path) -> str | None:
    socket = redis_socket(instance)
    return f"unix://{socket}" if socket.exists() else None


def tallies(instance: Path) -> Path:
    """Where the processes of this machine keep what they count."""
    return instance / "metrics"


def development_secret(instance: Path) -> str:
    """Make a secret on the first start and keep it, so that links outlive a restart."""
    instance.mkdir(parents=True, exist_ok=True)
    path = instance / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(SECRET_BYTES))
    return path.read_text()
