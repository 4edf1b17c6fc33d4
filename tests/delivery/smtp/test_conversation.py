"""Every reply is laid to the letter it is about, whatever came before it and whatever stands behind it."""

import pytest

from campaigns.delivery.smtp.conversation import Conversation
from campaigns.delivery.smtp.opening import Offers
from campaigns.delivery.smtp.parcel import Fate
from campaigns.errors import NeverDeliverable
from tests.delivery.smtp.stage import BODY, a_parcel

GROUPED = Offers(pipelining=True)
FINE, GO, NO, LATER = (250, b"2.0.0 fine"), (354, b"go"), (550, b"5.1.1 no"), (451, b"4.7.1 later")
CLOSING = (421, b"4.3.2 bye")


def begin(conversation: Conversation, key: int) -> bytes:
    parcel = a_parcel(key)
    return conversation.begin(parcel, conversation.envelope(parcel))


def envelope(key: int) -> bytes:
    return f"MAIL FROM:<hello@harbour.example>\r\nRCPT TO:<ana{key}@example.com>\r\nDATA\r\n".encode()


def hear(conversation: Conversation, *replies: tuple[int, bytes]) -> list[bytes]:
    return [conversation.hear(reply) for reply in replies]


def verdicts(conversation: Conversation) -> dict[int, tuple[Fate, int | None]]:
    return {parcel.key: (fate, reply.code if reply else None) for parcel, fate, reply in conversation.verdicts}


def test_a_group_is_said_at_once_and_the_next_one_behind_the_dot() -> None:
    conversation = Conversation(GROUPED)

    assert begin(conversation, 1) == envelope(1)
    assert hear(conversation, FINE, FINE, GO) == [b"", b"", b""]
    assert conversation.may_write
    assert conversation.dot() + begin(conversation, 2) == b".\r\n" + envelope(2)
    assert hear(conversation, FINE, FINE, FINE, GO) == [b""] * 4
    assert verdicts(conversation) == {1: (Fate.TAKEN, 250)}
    assert conversation.may_write


def test_without_groups_one_command_follows_one_reply() -> None:
    conversation = Conversation(Offers())

    assert begin(conversation, 1) == b"MAIL FROM:<hello@harbour.example>\r\n"
    assert hear(conversation, FINE, FINE, GO) == [b"RCPT TO:<ana1@example.com>\r\n", b"DATA\r\n", b""]
    assert conversation.dot() == b".\r\n"
    hear(conversation, FINE)
    assert conversation.is_idle


@pytest.mark.parametrize("refused", [0, 1, 2])
def test_without_groups_a_refusal_leaves_the_rest_unsaid_and_is_reset(refused: int) -> None:
    conversation = Conversation(Offers())
    begin(conversation, 1)

    said = hear(conversation, *[FINE] * refused, LATER)

    assert said[-1] == b""
    assert verdicts(conversation) == {1: (Fate.LATER, 451)}
    assert begin(conversation, 2) == b"RSET\r\n"
    assert hear(conversation, FINE, FINE, FINE, GO)[0].startswith(b"MAIL")
    assert conversation.may_write


@pytest.mark.parametrize(
    ("replies", "fate"),
    [
        ((NO, NO, NO), Fate.SENDER_REFUSED),
        (((552, b"5.3.4 too big"), NO, NO), Fate.NEVER),
        ((LATER, (503, b""), (503, b"")), Fate.LATER),
        ((FINE, NO, (554, b"no recipients")), Fate.NEVER),
        ((FINE, LATER, NO), Fate.LATER),
        ((FINE, FINE, LATER), Fate.LATER),
        ((FINE, FINE, NO), Fate.NEVER),
    ],
)
@pytest.mark.parametrize("end", [FINE, NO, LATER])
def test_a_refused_letter_disturbs_neither_the_one_before_nor_the_one_after(
    replies: tuple[tuple[int, bytes], ...], fate: Fate, end: tuple[int, bytes]
) -> None:
    conversation = Conversation(GROUPED)
    begin(conversation, 1)
    hear(conversation, FINE, FINE, GO)
    conversation.dot()
    begin(conversation, 2)

    hear(conversation, end, *replies)

    assert verdicts(conversation)[1] == ({2: Fate.TAKEN, 4: Fate.LATER, 5: Fate.NEVER}[end[0] // 100], end[0])
    assert verdicts(conversation)[2][0] is fate
    assert conversation.is_idle
    assert begin(conversation, 3) == b"RSET\r\n" + envelope(3)
    hear(conversation, FINE, FINE, FINE, GO)
    assert conversation.may_write


@pytest.mark.parametrize("void", [FINE, NO, LATER])
def test_a_letter_to_nobody_ends_with_a_lone_dot_whose_reply_says_nothing(void: tuple[int, bytes]) -> None:
    conversation = Conversation(GROUPED)
    begin(conversation, 1)

    assert hear(conversation, FINE, NO, GO) == [b"", b"", b".\r\n"]
    assert not conversation.may_write
    assert not conversation.is_idle
    hear(conversation, void)

    assert verdicts(conversation) == {1: (Fate.NEVER, 550)}
    assert conversation.is_idle


def test_where_a_dot_might_deliver_an_empty_letter_none_is_sent() -> None:
    conversation = Conversation(GROUPED)
    begin(conversation, 1)

    assert hear(conversation, NO, FINE, GO) == [b"", b"", b""]
    assert conversation.is_over
    conversation.end()

    assert verdicts(conversation) == {1: (Fate.SENDER_REFUSED, 550)}


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("goodbye", [CLOSING, (0, b""), (334, b""), (530, b"5.7.0 sign in")])
def test_a_goodbye_before_the_dot_is_no_fault_of_the_letter(position: int, goodbye: tuple[int, bytes]) -> None:
    if goodbye[0] == 530 and position:
        return
    conversation = Conversation(GROUPED)
    begin(conversation, 1)

    hear(conversation, *[FINE] * position, goodbye)

    assert conversation.is_over
    conversation.end()
    assert verdicts(conversation) == {1: (Fate.UNSERVED, goodbye[0])}


def test_a_goodbye_to_the_dot_is_an_answer_and_the_next_letter_is_untouched() -> None:
    conversation = Conversation(GROUPED)
    begin(conversation, 1)
    hear(conversation, FINE, FINE, GO)
    conversation.dot()
    begin(conversation, 2)

    hear(conversation, CLOSING)
    conversation.end()

    assert verdicts(conversation) == {1: (Fate.LATER, 421), 2: (Fate.UNSERVED, 421)}


@pytest.mark.parametrize("unclear", [(0, b"what?"), (354, b"more"), (None, b"")])
def test_after_the_dot_anything_but_a_clear_reply_is_doubt(unclear: tuple[int | None, bytes]) -> None:
    conversation = Conversation(GROUPED)
    begin(conversation, 1)
    hear(conversation, FINE, FINE, GO)
    conversation.dot()
    begin(conversation, 2)

    if unclear[0] is not None:
        hear(conversation, (unclear[0], unclear[1]))
    conversation.end()

    assert verdicts(conversation)[1][0] is Fate.DOUBT
    assert verdicts(conversation)[2][0] is Fate.UNSERVED


def test_a_word_nobody_asked_for_ends_it() -> None:
    conversation = Conversation(GROUPED)
    begin(conversation, 1)
    hear(conversation, FINE, FINE, GO, FINE)

    assert conversation.is_over
    conversation.end()

    assert verdicts(conversation) == {1: (Fate.UNSERVED, 250)}


def test_a_letter_too_large_or_beyond_the_servers_alphabet_is_not_begun() -> None:
    small = Conversation(Offers(size=True, largest=len(BODY)))

    assert b" SIZE=%d\r\n" % len(BODY) in small.envelope(a_parcel(1))
    with pytest.raises(NeverDeliverable) as caught:
        small.envelope(a_parcel(1, data=BODY + b"\r\n"))
    assert (caught.value.code, caught.value.status) == (552, "5.3.4")
    with pytest.raises(NeverDeliverable) as caught:
        small.envelope(a_parcel(1, to="josé@example.com"))
    assert caught.value.status == "5.6.7"
    for to in (
        "a b@example.com",
        "a>@example.com",
        "a\r\nRCPT TO:<eve@example.com>@example.com",
        "a\ud800@example.com",
    ):
        with pytest.raises(NeverDeliverable):
            small.envelope(a_parcel(1, to=to))


def test_accents_go_in_the_way_the_server_can_read_them() -> None:
    modern = Conversation(Offers(utf8=True, eight_bit=True))

    assert "RCPT TO:<josé@example.com>".encode() in modern.envelope(a_parcel(1, to="josé@example.com"))
    assert b" BODY=8BITMIME SMTPUTF8\r\n" in modern.envelope(a_parcel(1, to="josé@example.com"))
    for conversation in (modern, Conversation(Offers())):
        commands = conversation.envelope(a_parcel(1, to="ana@bücher.example"))
        assert b"RCPT TO:<ana@xn--bcher-kva.example>\r\n" in commands
        assert b"SMTPUTF8" not in commands
