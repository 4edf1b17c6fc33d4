"""Letters are decided on together and written one by one, each right before it leaves: no server waits for a batch."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from campaigns.composition.dkim import Signer, signatures
from campaigns.composition.letter import LetterFacts, Sealed
from campaigns.delivery.book import Book
from campaigns.delivery.facts import Dossier, letter_facts
from campaigns.delivery.inbound.returns import Returns
from campaigns.delivery.permission import Send, decide
from campaigns.delivery.smtp.parcel import Parcel
from campaigns.errors import RenderingError
from campaigns.logbook import place

log = logging.getLogger(__name__)
Compose = Callable[[LetterFacts], Sealed]
Signers = tuple[Signer, ...]


def decide_all(dossiers: Iterable[Dossier], book: Book, now: datetime) -> list[int]:
    """Return which letters may leave, held in the book from now on; it is told what becomes of the others."""
    let_through: list[int] = []
    for dossier in dossiers:
        try:
            permission = decide(dossier.standing, now)
        except Exception as error:  # noqa: BLE001 - a fault in one letter must not hold up all others
            _step_aside(dossier, book, error)
            continue
        book.hold(dossier)
        if isinstance(permission, Send):
            let_through.append(dossier.id)
        else:
            book.withhold([(dossier, permission)])
    return let_through


class Scribe:
    """Writes letters that the book holds, at the moment they leave."""

    def __init__(self, book: Book, compose: Compose, now: Callable[[], datetime], returns: Returns) -> None:
        self._book = book
        self._compose = compose
        self._now = now
        self._returns = returns

    def write(self, message_id: int, signers: Signers) -> Parcel | None:
        """Return a letter as it goes over the wire; None where it cannot be written, and the book knows why."""
        dossier = self._book.held(message_id)
        try:
            now = self._now()
            letter = self._compose(self._returns.answered(letter_facts(dossier, now)))
            signed = signatures(signers, letter.head, letter.body, now) if signers else b""
        except RenderingError as error:
            log.error("message %s could not be written: %s", dossier.id, error)
            self._book.give_up(dossier)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this letter's
            _step_aside(dossier, self._book, error)
        else:
            data = b"".join((signed, letter.head, b"\r\n", letter.body))
            return Parcel(message_id, self._returns.sender(message_id, letter.sender), letter.recipient, data)
        return None


def _step_aside(dossier: Dossier, book: Book, error: Exception) -> None:
    log.error("message %s stepped aside: %s at %s", dossier.id, type(error).__name__, place(error))
    book.step_aside(dossier)
