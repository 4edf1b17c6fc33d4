"""`make run` starts what this machine lacks, and nothing that was named."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from campaigns.develop import plan
from campaigns.errors import SettingsError
from campaigns.instance import redis_socket
from campaigns.settings import Settings
from tests.journeys.town import free_port


@pytest.fixture
def bare(tmp_path: Path) -> Settings:
    ports = {"PORT": str(free_port()), "MAILBOX_PORT": str(free_port())}
    return Settings.from_env({"INSTANCE_DIR": str(tmp_path), **ports})


def test_a_bare_machine_gets_a_redis_and_a_mailbox(bare: Settings) -> None:
    processes = plan(bare, "/usr/bin/redis-server")

    assert list(processes)[:3] == ["redis", "mailbox", "web"]
    assert {"intake", "enrollment", "delivery", "responses", "heartbeat"} <= set(processes)


def test_without_a_redis_to_start_the_workers_poll(bare: Settings) -> None:
    assert "redis" not in plan(bare, None)


def test_what_was_named_is_used_instead(bare: Settings) -> None:
    named = replace(bare, redis_url="redis://elsewhere:6379/0", smtp_url="smtp://mail.example.com:587")

    assert set(plan(named, "/usr/bin/redis-server")) & {"redis", "mailbox"} == set()


def test_the_socket_of_an_earlier_run_is_no_redis_somebody_named(bare: Settings) -> None:
    stale = replace(bare, redis_url=f"unix://{redis_socket(bare.instance)}")

    assert "redis" in plan(stale, "/usr/bin/redis-server")


def test_a_busy_port_is_named(bare: Settings) -> None:
    taken = pytest.raises(SettingsError, match=r"is taken by another program; choose one with PORT=…")
    with socket.create_server(("127.0.0.1", 0)) as busy, taken:
        plan(replace(bare, port=busy.getsockname()[1]), None)
