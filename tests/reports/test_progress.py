"""How far a campaign's letters are is told by what is with each of them, and by nothing of another merchant."""

from datetime import timedelta

from sqlalchemy.orm import Session

from campaigns.catalog.campaign import CampaignState, get_campaign, set_state
from campaigns.reports.progress import LATELY, WINDOW, CampaignProgress, progress
from tests.factories import make_campaign
from tests.reports.rows import NOW, Shop, ask, make_shop, remind

A_SECOND = timedelta(seconds=1)


def only(session: Session, shop: Shop) -> CampaignProgress:
    [found] = progress(session, NOW, shop.merchant.id).campaigns
    return found


def told(campaign: CampaignProgress) -> dict[str, int]:
    return {str(word): number for word, number in campaign.letters.items() if number}


def test_every_letter_is_told_by_what_is_with_it(session: Session) -> None:
    shop = make_shop(session)
    ask(session, shop, "1", "scheduled", due_at=NOW + A_SECOND)
    ask(session, shop, "2", "scheduled", due_at=NOW)
    ask(session, shop, "3", "scheduled", due_at=NOW - WINDOW)
    ask(session, shop, "4", "deferred", due_at=NOW - A_SECOND)
    ask(session, shop, "5", "sending", lease="a")
    remind(session, ask(session, shop, "6", "delivered"))
    ask(session, shop, "7", "bounced")
    ask(session, shop, "8", "failed")
    ask(session, shop, "9", "cancelled")
    ask(session, shop, "10", "in_doubt")

    found = only(session, shop)

    expected = {"scheduled": 1, "due": 2, "deferred": 1, "sending": 1, "sent": 3, "failed": 1, "cancelled": 1}
    assert told(found) == {**expected, "in_doubt": 1}
    assert found.total == 10


def test_what_is_further_away_than_a_day_is_not_counted_but_a_doubt_always_is(session: Session) -> None:
    shop, long_ago = make_shop(session), NOW - WINDOW - A_SECOND
    ask(session, shop, "1", "scheduled", due_at=NOW + WINDOW + A_SECOND)
    ask(session, shop, "2", "sent", sent_at=long_ago, sent_on=long_ago.date())
    ask(session, shop, "3", "failed", updated_at=long_ago)
    ask(session, shop, "4", "cancelled", updated_at=long_ago)
    ask(session, shop, "5", "in_doubt", updated_at=NOW - timedelta(days=400))

    assert told(only(session, shop)) == {"in_doubt": 1}


def test_a_day_of_the_merchant_that_is_not_ours_loses_no_letter(session: Session) -> None:
    shop = make_shop(session)
    ask(session, shop, "1", "sent", sent_on=NOW.date() + timedelta(days=1))
    ask(session, shop, "2", "sent", sent_at=NOW - WINDOW, sent_on=NOW.date() - timedelta(days=2))

    assert told(only(session, shop)) == {"sent": 2}


def test_a_merchant_is_shown_its_own_campaigns_only_and_everybody_sees_all(session: Session) -> None:
    first, second = make_shop(session), make_shop(session, "Kiln & Co")
    ask(session, first, "1", "sent")
    ask(session, second, "2", "scheduled", due_at=NOW)

    both = progress(session, NOW)

    assert [each.merchant_id for each in progress(session, NOW, first.merchant.id).campaigns] == [first.merchant.id]
    assert [each.merchant_id for each in both.campaigns] == [second.merchant.id, first.merchant.id]
    assert both.backlog.due == 1


def test_a_campaign_without_letters_is_there_and_a_pause_is_told(session: Session) -> None:
    shop = make_shop(session)
    set_state(session, get_campaign(session, shop.merchant.id, shop.version.campaign_id), CampaignState.PAUSED)

    found = only(session, shop)

    assert (found.is_paused, found.total) == (True, 0)


def test_the_busiest_campaign_comes_first(session: Session) -> None:
    shop = make_shop(session)
    other = make_campaign(session, shop.merchant, name="Another")
    ask(session, shop, "1", "sent")
    ask(session, shop, "2", "sent")
    ask(session, shop, "3", "sending", version=other, lease="a")

    names = [each.name for each in progress(session, NOW, shop.merchant.id).campaigns]

    assert names == ["Another", "After delivery"]


def test_the_rate_is_that_of_the_last_seconds(session: Session) -> None:
    shop = make_shop(session)
    ask(session, shop, "1", "sent", sent_at=NOW - LATELY)
    ask(session, shop, "2", "sent", sent_at=NOW - LATELY - A_SECOND)
    ask(session, shop, "3", "delivered", sent_at=NOW)

    assert progress(session, NOW).letters_per_second == 0.2


def test_a_look_that_stopped_counting_says_so_and_claims_no_rate(session: Session) -> None:
    shop = make_shop(session)
    for order in "123":
        ask(session, shop, order, "sent")

    assert not progress(session, NOW, most=4).is_cut
    cut = progress(session, NOW, most=3)
    assert cut.is_cut
    assert cut.letters_per_second is None
    assert told(progress(session, NOW, most=2).campaigns[0]) == {"sent": 2}
