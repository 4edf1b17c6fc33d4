"""SMTP_URL is read as people write it, and a mistake in it is one sentence without the password."""

import pytest

from campaigns.delivery.server import Auth, Server, StartTls
from campaigns.errors import SettingsError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://127.0.0.1:8025", Server(host="127.0.0.1", port=8025)),
        ("smtp://mx.example", Server(host="mx.example", port=25)),
        ("smtp://u:p%40ss@mx.example", Server(host="mx.example", port=587, user="u", password="p@ss")),
        ("smtps://u:p@mx.example", Server(host="mx.example", port=465, is_tls=True, user="u", password="p")),
        (
            "smtp://u:token@mx.example?auth=xoauth2",
            Server(host="mx.example", port=587, user="u", password="token", auth=Auth.XOAUTH2),
        ),
        ("smtp://mx.example?starttls=required", Server(host="mx.example", port=25, starttls=StartTls.REQUIRED)),
        ("smtp://[::1]:25?starttls=never", Server(host="::1", port=25, starttls=StartTls.NEVER)),
    ],
)
def test_a_url_names_a_server(url: str, expected: Server) -> None:
    assert Server.from_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://mx.example",
        "smtp://",
        "smtp://u:hunter2@mx.example:no",
        "smtp://u:hunter2@mx.example?starttls=maybe",
        "smtp://u:hunter2@mx.example?tls=1",
        "smtp://u:hunter2@mx.example?auth=cram-md5",
        "smtp://mx.example?auth=plain",
        "smtp://mx.example:99999",
    ],
)
def test_a_mistake_is_named_without_the_password(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Server.from_url(url)

    assert "SMTP_URL" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_password_crosses_the_open_net_encrypted_or_not_at_all() -> None:
    assert Server.from_url("smtp://u:p@mx.example").needs_tls
    assert not Server.from_url("smtp://u:p@localhost").needs_tls
    assert not Server.from_url("smtp://u:p@mx.example?starttls=never").needs_tls
    assert not Server.from_url("smtp://mx.example").needs_tls
