"""Waits until the house is up, sends the first purchases through its real door, and says where to look."""

import json
import secrets
import shlex
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection

from campaigns import clock
from campaigns.delivery.mailbox import folder_of, mail_ids
from campaigns.house import House
from campaigns.sample.merchant import Sample
from campaigns.sample.purchases import BUYERS, sample_purchase

BELL = {  # by what /readyz says of Redis
    "ok": "rings",
    "none": "is not there: the workers poll every second",
    "down": "does not answer: the workers poll every second",
}
PATIENCE = 90.0  # seconds for the first start on a slow machine


class Welcome:
    def __init__(self, house: House, sample: Sample, named: Mapping[str, str]) -> None:
        self._house = house
        self._sample = sample
        self._named = named  # settings of this start that another command needs too
        self._bell = "is not there"

    def show(self) -> None:
        """Print the addresses once there is something to see at each."""
        if not _wait_for(self._is_up):
            return
        if self._sample.is_new:
            self._buy()
            _wait_for(self._has_mail)
        print("\n".join(self._lines()), flush=True)  # noqa: T201

    def _is_up(self) -> bool:
        with suppress(OSError, ValueError):
            status, body = self._knock("GET", "/readyz")
            self._bell = BELL[json.loads(body)["redis"]]
            return status == HTTPStatus.OK
        return False

    def _has_mail(self) -> bool:
        settings = self._house.settings
        return not settings.uses_mailbox or len(mail_ids(folder_of(settings))) >= len(BUYERS)

    def _buy(self) -> None:
        for buyer in range(len(BUYERS)):
            webhook = sample_purchase(self._house, self._sample.store, buyer, clock.now())
            self._knock("POST", "/webhooks/" + self._sample.store.key, webhook.body, webhook.headers)

    def _knock(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self._house.settings.port, timeout=10)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _lines(self) -> list[str]:
        links, store = self._house.links, self._sample.store
        more = sample_purchase(self._house, store, 0, clock.now(), unique=secrets.token_hex(3))
        mailbox = links.mailbox() if self._house.settings.uses_mailbox else "none: letters leave by SMTP_URL"
        same = "".join(f"{name}={shlex.quote(value)} " for name, value in self._named.items())
        command = f"sample purchase --merchant {self._sample.merchant_id} --store {store.id} | sh"
        return [
            "",
            f"  Askwell is running. Redis {self._bell}. Ctrl-C stops everything; the data stays.",
            "",
            f"  Dashboard   {links.dashboard()}",
            f"  Sign in     {self._sample.sign_in_url}   (once, within 15 minutes; later: /login)",
            f"  Mailbox     {mailbox}",
            "",
            "  One more signed purchase (good for five minutes):",
            f"  {more.as_curl()}",
            "",
            f"  And another, at any time:  {same}.venv/bin/flask --app wsgi {command}",
            "",
        ]


def _wait_for(is_true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.2)
    return False
