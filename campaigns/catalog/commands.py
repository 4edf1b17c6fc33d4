"""The marketer's doors on the terminal: campaigns from files."""

from pathlib import Path

import click

from campaigns.catalog.campaign import CampaignState, get_campaign, set_state
from campaigns.catalog.campaign_file import parse_campaign
from campaigns.catalog.definition import Definition
from campaigns.door import house
from campaigns.errors import InvalidCampaign
from campaigns.terminal import Group, merchant_option, show

campaign = Group("campaign", help="Campaigns: what is asked, of whom and when.")


def read_file(path: str) -> Definition:
    """Read a campaign file; raises InvalidCampaign."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidCampaign(f"{path}: cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise InvalidCampaign(f"{path}: is not UTF-8 text.") from None
    return parse_campaign(text, path)


@campaign.say("campaign pause 1 --merchant 1", "pause")
@click.argument("campaign_id", type=int)
@merchant_option
def pause(campaign_id: int, merchant_id: int, as_json: bool) -> None:
    """Hold a campaign's letters and ask nobody new."""
    _set(merchant_id, campaign_id, CampaignState.PAUSED, as_json)


@campaign.say("campaign resume 1 --merchant 1", "resume")
@click.argument("campaign_id", type=int)
@merchant_option
def resume(campaign_id: int, merchant_id: int, as_json: bool) -> None:
    """Let a campaign go on; letters more than a week late stay unsent."""
    _set(merchant_id, campaign_id, CampaignState.ACTIVE, as_json)


def _set(merchant_id: int, campaign_id: int, state: CampaignState, as_json: bool) -> None:
    with house().database.transaction() as session:
        set_state(session, get_campaign(session, merchant_id, campaign_id), state)
    show({"campaign": campaign_id, "state": state}, as_json, f"Campaign {campaign_id} is {state}.")
