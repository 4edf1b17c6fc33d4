"""Whoever counts the rows by hand, one enrollment after another, comes to what the report says."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from campaigns.house import House
from campaigns.reports.queries import By, RateQuery, RateRow, response_rates
from tests.reports.rows import NOW, answer, ask, make_shop, remind

LEFT = {"sent", "delivered", "bounced", "complained"}
TRIED = LEFT | {"failed", "in_doubt"}
FIGURES = ("eligible", "to_come", "sent", "delivered", "responses", "confirmed", "provisional", "suspect")


@dataclass(frozen=True)
class Asked:
    """What became of one who was asked."""

    invitation: str
    reminder: str | None
    level: str | None  # None: nobody answered
    status: str
    is_to_reminder: bool
    stood: str  # how an unconfirmed answer stands: "for long", "until now", "a moment"
    locale: str


asked = st.builds(
    Asked,
    invitation=st.sampled_from([*sorted(TRIED), "scheduled", "deferred", "sending", "cancelled"]),
    reminder=st.sampled_from([None, "scheduled", "sent", "cancelled"]),
    level=st.sampled_from([None, "confirmed", "provisional", "suspect"]),
    status=st.sampled_from(["complete", "partial", "withdrawn"]),
    is_to_reminder=st.booleans(),
    stood=st.sampled_from(["for long", "until now", "a moment"]),
    locale=st.sampled_from(["en", "ar"]),
)
MATURED: dict[str, dict[str, Any]] = {
    "for long": {"matured_at": NOW - timedelta(days=1)},
    "until now": {"matured_at": None, "look_again_at": NOW},
    "a moment": {"matured_at": None, "look_again_at": NOW + timedelta(minutes=14)},
}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(asked, max_size=12), trust=st.sampled_from(["balanced", "strict"]))
def test_counting_by_hand_comes_to_the_same(house: House, people: list[Asked], trust: str) -> None:
    with house.database.transaction() as session:
        shop = make_shop(session, trust=trust)
        for number, person in enumerate(people):
            _live(session, shop, person, f"{number}")
        query = RateQuery(merchant_id=shop.merchant.id, now=NOW)
        [whole] = response_rates(session, query)
        by_locale = response_rates(session, RateQuery(merchant_id=shop.merchant.id, now=NOW, by=By.LOCALE))

        by_hand = _counted_by_hand(session, shop.merchant.id, is_strict=trust == "strict")

        assert _figures(whole) == by_hand
        sums = [sum(_figures(row)[name] for row in by_locale) for name in by_hand]
        assert sums == list(by_hand.values())
        session.rollback()


def _live(session: Session, shop: Any, person: Asked, order_id: str) -> None:
    invitation = ask(session, shop, order_id, person.invitation, locale=person.locale)
    reminder = remind(session, invitation, person.reminder) if person.reminder else None
    if person.level is not None:
        letter = reminder if reminder and person.is_to_reminder else invitation
        answer(
            session,
            shop,
            letter,
            level=person.level,
            status=person.status,
            enrollment_id=invitation.enrollment_id,
            **MATURED[person.stood],
        )


def _figures(row: RateRow) -> dict[str, int]:
    figures = {name: getattr(row, name) for name in FIGURES}
    return {**figures, "by_invitation": row.invitation.responses, "by_reminder": row.reminder.responses}


def _counted_by_hand(session: Session, merchant_id: int, *, is_strict: bool) -> dict[str, int]:
    """Go through the tables with nothing but loops, after the definitions that the report prints."""
    of = {"merchant": merchant_id}
    letters = session.execute(text("SELECT * FROM message WHERE merchant_id = :merchant"), of).mappings()
    by_enrollment: dict[int, dict[str, Any]] = defaultdict(dict)
    for letter in letters:
        by_enrollment[letter["enrollment_id"]][letter["kind"]] = letter
    responses = session.execute(text("SELECT * FROM response WHERE merchant_id = :merchant"), of).mappings()
    answers = {response["enrollment_id"]: response for response in responses}
    counts = dict.fromkeys((*FIGURES, "by_invitation", "by_reminder"), 0)
    for enrollment_id, kinds in by_enrollment.items():
        for name in _what_it_is(kinds["invitation"], answers.get(enrollment_id), is_strict=is_strict):
            counts[name] += 1
    return counts


def _what_it_is(invitation: Any, response: Any, *, is_strict: bool) -> list[str]:
    state, names = invitation["state"], []
    if state in {"scheduled", "deferred", "sending"}:
        names.append("to_come")
    is_kept = state in TRIED and response is not None and response["status"] != "withdrawn"
    counts = is_kept and _is_believed(response, is_strict=is_strict)
    is_to_invitation = counts and response["message_id"] == invitation["id"]
    if state in TRIED:
        names.append("eligible")
    if state in LEFT or is_to_invitation:
        names += ["sent"] if state == "bounced" else ["sent", "delivered"]
    if is_kept and response["level"] != "confirmed":
        names.append(response["level"])
    if counts:
        names += ["responses", "by_invitation" if is_to_invitation else "by_reminder"]
        names += ["confirmed"] if response["level"] == "confirmed" else []
    return names


def _is_believed(response: Any, *, is_strict: bool) -> bool:
    if response["level"] == "confirmed":
        return True
    stands = response["matured_at"] is not None or (
        response["look_again_at"] is not None and str(response["look_again_at"])[:19] <= f"{NOW:%Y-%m-%d %H:%M:%S}"
    )
    return response["level"] == "provisional" and stands and not is_strict
