"""A sender killed in mid-batch sends nothing twice, leaves at most one letter in doubt, and loses no other."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from campaigns.delivery.server import Server
from campaigns.enrollment.states import MessageKind
from campaigns.enrollment.states import MessageState as S
from campaigns.house import House
from tests.delivery.servers import Sink, serving
from tests.delivery.stage import all_messages, ask

Sender = subprocess.Popen[bytes]
CONNECTIONS = 4  # of one sender to its relay


def begin(house: House, server: Server) -> Sender:
    environ = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": house.settings.database_url,
        "SECRET_KEY": house.settings.secret_keys[0],
        "SMTP_URL": f"smtp://{server.host}:{server.port}",
        "INSTANCE_DIR": str(house.settings.instance),
    }
    command = [sys.executable, "-m", "tests.delivery.sender"]
    return subprocess.Popen(command, env=environ, cwd=Path(__file__).parents[2])


def wait_for(sender: Sender, sink: Sink, count: int) -> None:
    while len(sink.letters) < count and sender.poll() is None:
        time.sleep(0.002)


def drill(house: House, letters: int, kills: int) -> None:
    with house.database.transaction() as session:
        ids = ask(session, house.vault, letters)
    sink = Sink()

    with serving(sink) as server:
        for run in range(kills):
            with begin(house, server) as sender:
                wait_for(sender, sink, (run + 1) * letters // (kills + 1))
                time.sleep(random.uniform(0, 0.01))
                sender.kill()
        with begin(house, server) as last:
            assert last.wait(60) == 0

    invitations = [m for m in all_messages(house.database) if m.kind == MessageKind.INVITATION]
    in_doubt = {f"<{message.id}@harbour.example>" for message in invitations if message.state == S.IN_DOUBT}
    everybody = {f"<{message_id}@harbour.example>" for message_id in ids}
    assert [each for each, times in Counter(sink.message_ids).items() if times > 1] == []
    assert len(in_doubt) <= kills * CONNECTIONS
    assert {message.state for message in invitations} <= {S.SENT, S.IN_DOUBT}
    assert everybody - set(sink.message_ids) <= in_doubt


@pytest.mark.drill
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_killed_again_and_again_nothing_is_doubled_or_lost(house: House) -> None:
    drill(house, letters=200, kills=4)


@pytest.mark.drill
def test_killed_a_dozen_times_nothing_is_doubled_or_lost(house: House) -> None:
    drill(house, letters=1000, kills=12)


@pytest.mark.drill
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_told_to_stop_a_process_leaves_nothing_half_done(house: House) -> None:
    with house.database.transaction() as session:
        ask(session, house.vault, 200)
    sink = Sink()

    with serving(sink) as server, begin(house, server) as sender:
        wait_for(sender, sink, 20)
        sender.terminate()
        assert sender.wait(10) == -signal.SIGTERM

    invitations = [m for m in all_messages(house.database) if m.kind == MessageKind.INVITATION]
    states = Counter(message.state for message in invitations)
    assert states[S.SENT] == len(sink.letters) < 200
    assert states[S.SCHEDULED] == 200 - states[S.SENT]
    assert {message.lease for message in invitations} == {None}
