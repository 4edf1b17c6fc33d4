"""A letter is believed after a real relay had it: postfix hands it on, and dkimpy verifies both keys against a fake DNS."""

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import pytest

from campaigns.composition.compose import compose
from campaigns.composition.letter import Letter
from campaigns.delivery.server import Server
from campaigns.delivery.smtp.postman import Postman
from campaigns.enrollment.states import MessageKind
from tests.composition.brought import ana_of, brought, sources
from tests.composition.cast import LINKS
from tests.composition.test_dkim import holds, parted, signed, verified
from tests.delivery.servers import Sink, serving, yes
from tests.quality.letters import MARKS, Specimen, sample
from tests.quality.postfix import NAME, relaying_to
from tests.quality.tools import need, program

pytestmark = pytest.mark.drill

STOPPING = {"list-unsubscribe", "list-unsubscribe-post"}
SENTENCE = "It has been a pleasure to pack this for you, and here is all that there is to know about it. "


class Relay(NamedTuple):
    server: Server
    sink: Sink

    def carry(self, letter: Letter) -> bytes:
        """Sign and send a letter, and return what arrives on the other side."""
        count = len(self.sink.letters)
        with Postman(self.server) as postman:
            postman.send(replace(letter, data=signed(*parted(letter.data))), yes)
        for _ in range(300):
            if len(self.sink.letters) > count:
                return self.sink.letters[-1]
            time.sleep(0.05)
        raise RuntimeError("postfix took the letter, and nothing arrived")


@pytest.fixture(scope="module")
def relay() -> Iterator[Relay]:
    need(program("postfix"), "postfix")
    need(os.geteuid() == 0, "root, whom postfix asks for,")
    sink = Sink()
    with serving(sink) as beyond, relaying_to(beyond, str(program("postfix"))) as server:
        yield Relay(server, sink)


def signatures_of(wire: bytes) -> list[dict[str, str]]:
    head = re.sub(r"\r\n[ \t]+", "", wire.partition(b"\r\n\r\n")[0].decode("ascii"))
    lines = [line.partition(":")[2] for line in head.split("\r\n") if line.startswith("DKIM-Signature:")]
    return [
        {name.strip(): value for name, _, value in (tag.partition("=") for tag in each.split(";"))} for each in lines
    ]


def own_letter(body: str, text: str = "") -> Letter:
    """Return a letter of a merchant's own template."""
    return compose(ana_of(brought(sources(body, text))), LINKS)


def large() -> Letter:
    return own_letter("".join(f"<mj-text>{at}. {SENTENCE * 4}</mj-text>" for at in range(1, 54)))


def dotted() -> Letter:
    dots = "<br />\n.<br />\n..<br />\n.com is a name, and this a word: " + "x" * 3000 + " ." * 200
    return own_letter(f"<mj-text>{dots}</mj-text>", ".\n..\n.com\n\n" + "y" * 3000)


LETTERS: dict[str, Callable[[], Letter]] = {
    **{str(each): each.letter for each in sample()},
    "of 45 KB": large,
    "with leading dots and long lines": dotted,
}


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_believed_by_both_keys_after_a_relay_had_it(relay: Relay, name: str) -> None:
    arrived = relay.carry(LETTERS[name]())

    assert f"by {NAME} (Postfix)".encode() in arrived
    assert verified(arrived) == [True, True]
    assert [each["a"] for each in signatures_of(arrived)] == ["rsa-sha256", "ed25519-sha256"]
    for each in signatures_of(arrived):
        listed = each["h"].split(":")
        assert listed.count("from") == 2
        assert name.startswith("sign_in") or set(listed) >= STOPPING
        assert each["d"] == "harbour.example"


def test_the_letters_are_what_their_names_say() -> None:
    arabic = Specimen(template="classic", kind=MessageKind.INVITATION, scale=MARKS, tag="ar").letter()

    assert 45_000 <= len(large().data) < 60_000
    assert not arabic.subject.isascii()
    assert "\n..\n.com\n" in dotted().text
    assert max(map(len, dotted().html.split("\n"))) > 998


def test_what_is_changed_on_the_way_is_not_believed(relay: Relay) -> None:
    arrived = relay.carry(Specimen(template="thanks").letter())

    assert b"HARBOUR-7QX2" in arrived
    assert not holds(arrived.replace(b"HARBOUR-7QX2", b"HARBOUR-7QX3"))
    assert not holds(arrived.replace(b"List-Unsubscribe: <https://ask.", b"List-Unsubscribe: <https://evil."))
