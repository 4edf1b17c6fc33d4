"""A merchant's due letters become parcels, or the reason why one does not: no database, no network, no waiting."""

import logging
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from campaigns.composition.dkim import Signer, signatures
from campaigns.composition.letter import LetterFacts, Sealed
from campaigns.delivery.facts import Dossier, letter_facts
from campaigns.delivery.permission import Permission, Send, decide
from campaigns.delivery.smtp.parcel import Parcel
from campaigns.errors import RenderingError

log = logging.getLogger(__name__)
Compose = Callable[[LetterFacts], Sealed]


@dataclass(slots=True)
class Batch:
    """What was made of the letters of one claim; each is in exactly one of these."""

    parcels: list[Parcel] = field(default_factory=list)
    withheld: list[tuple[Dossier, Permission]] = field(default_factory=list)
    unwritable: list[Dossier] = field(default_factory=list)
    faulty: list[Dossier] = field(default_factory=list)  # through a fault of ours: they step aside


def prepare(dossiers: Iterable[Dossier], compose: Compose, signers: tuple[Signer, ...], now: datetime) -> Batch:
    """Decide on letters and write those that may leave. A fault in one letter does not hold up the others."""
    batch = Batch()
    for dossier in dossiers:
        try:
            permission = decide(dossier.standing, now)
            if isinstance(permission, Send):
                batch.parcels.append(_parcel(dossier, compose, signers, now))
            else:
                batch.withheld.append((dossier, permission))
        except RenderingError as error:
            log.error("message %s could not be written: %s", dossier.id, error)
            batch.unwritable.append(dossier)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this letter's
            log.error("message %s stepped aside: %s at %s", dossier.id, type(error).__name__, _where(error))
            batch.faulty.append(dossier)
    return batch


def _parcel(dossier: Dossier, compose: Compose, signers: tuple[Signer, ...], now: datetime) -> Parcel:
    letter = compose(letter_facts(dossier, now))
    data = b"%s%s\r\n%s" % (signatures(signers, letter.head, letter.body, now), letter.head, letter.body)
    return Parcel(key=dossier.id, sender=letter.sender, recipient=letter.recipient, data=data)


def _where(error: Exception) -> str:
    """Return where an error was raised; what it says may name a person."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
