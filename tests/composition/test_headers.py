from datetime import timedelta
from typing import Any

import pytest

from campaigns.composition.compose import compose
from campaigns.enrollment.states import MessageKind
from campaigns.errors import RenderingError
from campaigns.links import Links
from campaigns.tokens import Tokens
from tests.composition.cast import LINKS, NOW, ana, parse, wire_header

REMINDER = MessageKind.REMINDER


def test_equal_facts_make_equal_letters_and_a_retry_keeps_the_message_id() -> None:
    first, again = compose(ana(), LINKS), compose(ana(), LINKS)
    later = compose(ana(now=NOW + timedelta(hours=2)), LINKS)

    assert first == again
    assert later.message_id_header == first.message_id_header
    assert wire_header(later, "Message-ID") == [first.message_id_header]
    assert first.message_id_header.endswith("@harbour.example>")


def test_different_letters_and_databases_begun_anew_have_different_message_ids() -> None:
    ids = {
        compose(facts, LINKS).message_id_header
        for facts in (ana(), ana(message_id=43), ana(merchant_id=8), ana(closes_at=NOW + timedelta(days=22)))
    }

    assert len(ids) == 4


def test_a_reminder_follows_its_invitation_and_speaks_for_itself() -> None:
    invitation, reminder = compose(ana(), LINKS), compose(ana(REMINDER), LINKS)

    assert wire_header(reminder, "In-Reply-To") == [invitation.message_id_header]
    assert wire_header(reminder, "References") == [invitation.message_id_header]
    assert parse(invitation)["References"] is None
    assert reminder.message_id_header != invitation.message_id_header
    assert "A quick reminder – this is the only one." in reminder.text
    assert reminder.subject == "A quick reminder: your order from Harbour Mugs"


def test_headers_say_who_writes_and_that_a_machine_does() -> None:
    letter = compose(ana(REMINDER), LINKS)

    assert wire_header(letter, "From") == ['"Harbour Mugs" <hello@harbour.example>']
    assert wire_header(letter, "To") == ['"Ana Ruiz" <ana@example.com>']
    assert wire_header(letter, "Reply-To") == ["care@harbour.example"]
    assert wire_header(letter, "Date") == ["Sat, 21 Nov 2026 10:00:00 +0000"]
    assert wire_header(letter, "List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]
    assert wire_header(letter, "Auto-Submitted") == ["auto-generated"]
    assert wire_header(letter, "X-Auto-Response-Suppress") == ["OOF, AutoReply"]
    assert wire_header(letter, "Feedback-ID") == ["campaign3:reminder:merchant7:askwell"]
    assert (letter.sender, letter.recipient) == ("hello@harbour.example", "ana@example.com")


def test_the_unsubscribe_header_stays_on_one_line_however_long_it_is() -> None:
    links = Links(f"https://{'long.' * 30}example", Tokens(("k" * 40,)))

    letter = compose(ana(), links)

    (line,) = wire_header(letter, "List-Unsubscribe")
    assert len(line) > 200
    assert line == f"<{links.unsubscribe(links.letter_token(42))}>"


@pytest.mark.parametrize("field", ["to_address", "from_address", "reply_to"])
@pytest.mark.parametrize(
    "address",
    [
        '"a\r\nBcc: x"@y.example',
        "a@b@c",
        "a b@c.example",
        "nobody",
        "@c.example",
        "jürgen@example.com",
        "a@exa mple.com",
    ],
)
def test_an_address_no_letter_can_carry_is_refused_without_repeating_it(field: str, address: str) -> None:
    values: dict[str, Any] = {field: address}

    with pytest.raises(RenderingError) as refused:
        compose(ana(**values), LINKS)

    assert address not in str(refused.value)


def test_a_domain_with_accents_travels_in_ascii() -> None:
    letter = compose(ana(to_address="ana@bücher.example", from_address="hallo@straße.example"), LINKS)

    assert letter.recipient == "ana@xn--bcher-kva.example"
    assert wire_header(letter, "From") == ['"Harbour Mugs" <hallo@xn--strae-oqa.example>']
    assert letter.message_id_header.endswith("@xn--strae-oqa.example>")
