"""Every purchase gets one decision for each campaign, and what is over is stopped."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.audience.suppression import SuppressionReason, suppress
from campaigns.catalog.campaign import CampaignState, get_campaign, set_state
from campaigns.enrollment.commands import explain
from campaigns.enrollment.deciding import decide_on
from campaigns.enrollment.eligibility import RULES
from campaigns.enrollment.enrollment import Enrollment
from campaigns.enrollment.message import Message
from campaigns.enrollment.restoration import restore
from campaigns.enrollment.states import MessageState
from campaigns.house import House
from campaigns.intake.purchase import Purchase
from campaigns.merchants.merchant import Merchant
from campaigns.merchants.store import Store
from tests.factories import make_campaign, make_contact, make_merchant, make_purchase, make_store


@dataclass(frozen=True)
class Scene:
    session: Session
    merchant: Merchant
    store: Store
    now: datetime

    def decide(self, purchase: Purchase) -> list[tuple[str, str]]:
        decide_on(self.session, purchase, self.now)
        query = select(Enrollment).where(Enrollment.purchase_id == purchase.id).order_by(Enrollment.campaign_id)
        return [(each.verdict, each.reason) for each in self.session.scalars(query)]

    def messages(self) -> list[Message]:
        return list(self.session.scalars(select(Message).order_by(Message.id)))


@pytest.fixture
def scene(session: Session, house: House, now: datetime) -> Scene:
    merchant = make_merchant(session)
    make_campaign(session, merchant)
    return Scene(session, merchant, make_store(session, house.vault, merchant), now)


def test_ana_is_enrolled_and_her_invitation_planned(scene: Scene) -> None:
    ana = make_contact(scene.session, scene.merchant)

    assert scene.decide(make_purchase(scene.session, scene.store, ana)) == [("enrolled", "eligible")]

    [message] = scene.messages()
    assert (message.kind, message.state, message.due_at) == ("invitation", "scheduled", scene.now + timedelta(days=3))


def test_deciding_again_changes_nothing(scene: Scene) -> None:
    purchase = make_purchase(scene.session, scene.store, make_contact(scene.session, scene.merchant))

    first, second = scene.decide(purchase), scene.decide(purchase)

    assert first == second
    assert len(scene.messages()) == 1


def test_an_order_told_of_again_after_a_restore_is_not_asked_about(scene: Scene) -> None:
    restore(scene.session, scene.now)
    asked, to_be_asked = scene.now - timedelta(days=4), scene.now - timedelta(days=2)
    ana = make_contact(scene.session, scene.merchant)
    ben = make_contact(scene.session, scene.merchant, "ben@example.com")
    again = make_purchase(scene.session, scene.store, ana, fulfilled_at=asked)
    to_come = make_purchase(scene.session, scene.store, ben, order_id="1002", fulfilled_at=to_be_asked)

    assert scene.decide(again) == [("skipped", "restored")]
    assert scene.decide(to_come) == [("enrolled", "eligible")]

    [told] = explain(scene.session, again)
    assert told["rules"] == RULES
    assert told["sentence"] == (
        "The customer may have been asked before a backup was restored. it was restored at 2026-11-21 10:00 UTC"
    )


def test_the_second_order_within_the_cooldown_is_not_asked_about(scene: Scene) -> None:
    chloe = make_contact(scene.session, scene.merchant, "chloe@example.com")
    scene.decide(make_purchase(scene.session, scene.store, chloe))

    again = scene.decide(make_purchase(scene.session, scene.store, chloe, order_id="1002"))

    assert again == [("skipped", "cooldown")]


def test_a_letter_that_never_left_does_not_count_against_the_next_order(scene: Scene) -> None:
    chloe = make_contact(scene.session, scene.merchant, "chloe@example.com")
    first = make_purchase(scene.session, scene.store, chloe)
    scene.decide(first)
    first.cancelled_at = scene.now
    scene.decide(first)

    assert scene.decide(make_purchase(scene.session, scene.store, chloe, order_id="1002")) == [("enrolled", "eligible")]


def test_two_campaigns_for_one_order_send_one_letter(scene: Scene) -> None:
    make_campaign(scene.session, scene.merchant, name="Second thoughts")
    ana = make_contact(scene.session, scene.merchant)

    verdicts = scene.decide(make_purchase(scene.session, scene.store, ana))

    assert verdicts == [("enrolled", "eligible"), ("skipped", "cooldown")]


def test_ben_who_unsubscribed_is_not_asked(scene: Scene) -> None:
    ben = make_contact(scene.session, scene.merchant, "ben@example.com")
    suppress(scene.session, scene.merchant.id, ben.fingerprint, SuppressionReason.UNSUBSCRIBED, scene.now)

    assert scene.decide(make_purchase(scene.session, scene.store, ben)) == [("skipped", "unsubscribed")]


def test_a_paused_campaign_asks_nobody(scene: Scene) -> None:
    purchase = make_purchase(scene.session, scene.store, make_contact(scene.session, scene.merchant))
    version = make_campaign(scene.session, scene.merchant)
    campaign = get_campaign(scene.session, scene.merchant.id, version.campaign_id)
    set_state(scene.session, campaign, CampaignState.PAUSED)

    assert scene.decide(purchase) == [("skipped", "campaign_paused")]


@pytest.mark.parametrize("column", ["cancelled_at", "is_refunded_in_full"])
def test_what_is_over_is_stopped_at_once(scene: Scene, column: str) -> None:
    purchase = make_purchase(scene.session, scene.store, make_contact(scene.session, scene.merchant))
    scene.decide(purchase)

    setattr(purchase, column, scene.now if column.endswith("_at") else True)
    assert scene.decide(purchase) == [("enrolled", "eligible")]

    [message] = scene.messages()
    scene.session.refresh(message)
    assert message.state == MessageState.CANCELLED
    assert message.reason in {"cancelled", "refunded"}


def test_a_purchase_before_its_event_waits_and_says_for_what(scene: Scene) -> None:
    ana = make_contact(scene.session, scene.merchant)
    purchase = make_purchase(
        scene.session, scene.store, ana, fulfilled_at=None, placed_at=scene.now, is_undecided=False
    )

    assert scene.decide(purchase) == []

    [verdict] = explain(scene.session, purchase)
    assert verdict["sentence"] == "It waits for order.fulfilled."


@pytest.mark.parametrize(
    ("order", "contact", "expected"),
    [("ar-EG", "de", "ar"), ("", "de", "de"), ("tlh", "", "en"), ("eu_ES", "", "en"), ("pt_BR", "", "pt")],
)
def test_the_orders_locale_decides_the_language_then_the_contacts_then_the_merchants(
    scene: Scene, order: str, contact: str, expected: str
) -> None:
    ana = make_contact(scene.session, scene.merchant, locale=contact)

    scene.decide(make_purchase(scene.session, scene.store, ana, locale=order))

    assert scene.session.scalars(select(Enrollment.locale)).one() == expected


def test_without_an_address_the_order_is_kept_and_the_reason_told(scene: Scene) -> None:
    purchase = make_purchase(scene.session, scene.store, None, address_problem="missing")

    assert scene.decide(purchase) == [("skipped", "no_address")]
    [verdict] = explain(scene.session, purchase)
    assert verdict["sentence"] == "The shop sent no email address with it."


def test_a_corrected_address_gets_the_letter_that_has_not_left(scene: Scene) -> None:
    wrong = make_contact(scene.session, scene.merchant, "wrong@example.com")
    purchase = make_purchase(scene.session, scene.store, wrong)
    scene.decide(purchase)

    right = make_contact(scene.session, scene.merchant, "right@example.com")
    purchase.contact_id = right.id
    scene.session.flush()
    scene.decide(purchase)

    assert scene.session.scalars(select(Enrollment.contact_id)).all() == [right.id]
