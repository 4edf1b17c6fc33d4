"""A host without a web process is watched through a small process of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pytest

from campaigns.errors import SettingsError
from campaigns.exporter import Exporter
from campaigns.exposition import CONTENT_TYPE
from campaigns.house import House
from tests.journeys.town import free_port, town, wait_for
from tests.test_exposition import read


@contextmanager
def exporting(house: House, token: str = "") -> Iterator[int]:
    port = free_port()
    settings = replace(house.settings, metrics_port=port, metrics_token=token)
    with Exporter(replace(house, settings=settings)) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield port
        server.shutdown()
        thread.join()


def get(port: int, path: str = "/metrics", headers: dict[str, str] | None = None) -> tuple[int, str, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read().decode()
    finally:
        connection.close()


def test_a_host_without_a_web_is_watched(house: House) -> None:
    with exporting(house) as port:
        status, kind, text = get(port)

        assert (status, kind) == (200, CONTENT_TYPE)
        assert read(text)["askwell_database_up", ()] == 1
        assert get(port, "/")[0] == 404
        assert get(port, headers={"x-forwarded-for": "203.0.113.7"})[0] == 404


def test_a_token_is_asked_for_where_there_is_one(house: House) -> None:
    with exporting(house, "a-token") as port:
        assert get(port)[0] == 404
        assert get(port, headers={"authorization": "Bearer a-token"})[0] == 200


def test_a_port_that_is_taken_is_told_in_a_sentence(house: House) -> None:
    with exporting(house) as port, pytest.raises(SettingsError, match=f"METRICS_PORT {port} is not free"):
        Exporter(replace(house, settings=replace(house.settings, metrics_port=port)))


def test_a_process_of_its_own_tells_what_others_counted(tmp_path: Path) -> None:
    with town(tmp_path, f"sqlite:///{tmp_path}/askwell.sqlite3") as place:
        port = free_port()
        place.environ["METRICS_PORT"] = str(port)
        place.start("metrics", "web")
        place.stop("web")
        wait_for(lambda: place._is_up(port), "metrics")

        found = read(get(port)[2])

    assert found["askwell_requests_total", ("GET /healthz", "200")] >= 1
