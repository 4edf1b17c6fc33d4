"""Each way of signing in is spoken as its RFC says, and a password is in no error."""

import base64

import pytest

from campaigns.delivery.server import Auth, Server
from campaigns.delivery.smtp.signing_in import SigningIn
from campaigns.errors import ServerUnavailable

ALL = frozenset({"PLAIN", "LOGIN", "XOAUTH2", "CRAM-MD5"})


def server(auth: Auth | None = None) -> Server:
    return Server(host="mx.example", port=587, user="relay", password="sésame", auth=auth)


def decoded(line: bytes) -> str:
    return base64.b64decode(line.split()[-1]).decode()


def test_plain_is_preferred_and_says_all_at_once() -> None:
    signing_in = SigningIn(server(), ALL)

    line = signing_in.begin()

    assert line.startswith(b"AUTH PLAIN ")
    assert decoded(line) == "\0relay\0sésame"
    assert signing_in.hear((235, b"2.7.0 welcome")) == b""


def test_login_is_asked_for_one_word_after_the_other() -> None:
    signing_in = SigningIn(server(), frozenset({"LOGIN"}))

    said = [signing_in.begin(), signing_in.hear((334, b"VXNlcm5hbWU6")), signing_in.hear((334, b"UGFzc3dvcmQ6"))]

    assert said[0] == b"AUTH LOGIN\r\n"
    assert [decoded(line) for line in said[1:]] == ["relay", "sésame"]
    assert signing_in.hear((235, b"")) == b""


def test_a_token_is_sent_only_where_the_url_says_so_and_its_refusal_is_heard_out() -> None:
    signing_in = SigningIn(server(Auth.XOAUTH2), ALL)

    assert decoded(signing_in.begin()) == "user=relay\x01auth=Bearer sésame\x01\x01"
    assert signing_in.hear((334, b"eyJzdGF0dXMiOiI0MDAifQ==")) == b"\r\n"
    with pytest.raises(ServerUnavailable) as caught:
        signing_in.hear((535, b"5.7.8 relay: wrong sesame"))

    assert (caught.value.code, caught.value.status) == (535, "5.7.8")
    assert "relay" not in str(caught.value)
    with pytest.raises(ServerUnavailable):
        SigningIn(server(), frozenset({"XOAUTH2"}))


@pytest.mark.parametrize(("auth", "offered"), [(None, set()), (None, {"CRAM-MD5"}), (Auth.LOGIN, {"PLAIN"})])
def test_where_there_is_no_common_way_nothing_is_said(auth: Auth | None, offered: set[str]) -> None:
    with pytest.raises(ServerUnavailable):
        SigningIn(server(auth), frozenset(offered))


def test_a_server_that_never_stops_asking_is_left() -> None:
    signing_in = SigningIn(server(), ALL)
    signing_in.begin()

    with pytest.raises(ServerUnavailable):
        signing_in.hear((334, b"more"))
