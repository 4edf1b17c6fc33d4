"""What the doors need to know of the letters whose links were followed, read in one go for all of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import null, select
from sqlalchemy.orm import Session

from campaigns.among import among
from campaigns.catalog.survey import Survey
from campaigns.catalog.version import get_version
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.errors import InvalidToken
from campaigns.merchants.merchant import Merchant
from campaigns.responses.hit import Hit, HitKind
from campaigns.responses.look import look_name

MOST_REMEMBERED = 1_000  # surveys
MOST_LOOKS = 200  # at one letter, each a row of its own (looking.py)
_FACTS = (  # built once: building it costs more than running it
    select(
        Message.id.label("message_id"),
        Message.enrollment_id,
        Message.merchant_id,
        Merchant.name,
        *(Merchant.accent, Merchant.second, Merchant.font),
        Merchant.timezone.label("merchant_timezone"),
        Enrollment.contact_id,
        Enrollment.locale,
        Enrollment.timezone,
        Enrollment.closes_at,
        Enrollment.version_id,
    )
    .join(Enrollment, Enrollment.id == Message.enrollment_id)
    .join(Merchant, Merchant.id == Message.merchant_id)
    .where(among(Message.id, "message_ids"))
)
_AND_MOST = select(Hit.id).where(Hit.enrollment_id == Enrollment.id, Hit.message_id == Message.id)
_AND_MOST = _AND_MOST.where(Hit.kind == HitKind.LOOK.value).offset(MOST_LOOKS - 1).limit(1)
FACTS = _FACTS.add_columns(_AND_MOST.scalar_subquery().label("last_look"))
# Nobody else answers or folds until the transaction ends; the same order everywhere, or two could wait for each other.
FACTS_HELD = (
    _FACTS.add_columns(null().label("last_look")).order_by(Enrollment.id).with_for_update(of=Enrollment, key_share=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    message_id: int
    enrollment_id: int
    merchant_id: int
    merchant_name: str
    look: str  # look.look_name
    contact_id: int | None
    locale: str
    timezone: str
    closes_at: datetime | None
    version_id: int
    survey: Survey
    is_seen_often: bool = False

    def is_open(self, now: datetime) -> bool:
        return self.closes_at is None or now < self.closes_at

    def score(self, text: str) -> int | None:
        """Return the score a link or a form names, None where it names none; raises InvalidToken off the scale."""
        if not text:
            return None
        if text not in {str(score) for score in self.survey.scale.scores}:
            raise InvalidToken
        return int(text)


class Letters:
    """Knows what letters asked; remembers the surveys, for a version never changes."""

    def __init__(self) -> None:
        self._surveys: dict[int, Survey] = {}

    def get(self, session: Session, message_id: int) -> Asked:
        """Return what a letter asked; raises InvalidToken where that letter is not in this database."""
        found = self.get_all(session, [message_id])
        if not found:
            raise InvalidToken
        return found[message_id]

    def get_all(self, session: Session, message_ids: Collection[int], *, held: bool = False) -> dict[int, Asked]:
        """Return what these letters asked, by message id; those that are not in this database are missing.

        `held`: their enrollments are locked.
        """
        statement = FACTS_HELD if held else FACTS
        return {
            row.message_id: Asked(
                message_id=row.message_id,
                enrollment_id=row.enrollment_id,
                merchant_id=row.merchant_id,
                merchant_name=row.name,
                look=look_name(row.accent, row.second, row.font),
                contact_id=row.contact_id,
                locale=row.locale,
                timezone=row.timezone or row.merchant_timezone,
                closes_at=row.closes_at,
                version_id=row.version_id,
                survey=self._survey(session, row.version_id),
                is_seen_often=row.last_look is not None,
            )
            for row in session.connection().execute(statement, {"message_ids": message_ids}).all()
        }

    def _survey(self, session: Session, version_id: int) -> Survey:
        found = self._surveys.get(version_id)
        if found is None:
            if len(self._surveys) >= MOST_REMEMBERED:
                self._surveys.clear()
            found = self._surveys[version_id] = get_version(session, version_id).definition.survey
        return found
