"""A test letter from the terminal: to an address of one's own, counted nowhere."""

import click

from campaigns import clock
from campaigns.address import normalise
from campaigns.catalog.campaign import get_campaign
from campaigns.catalog.commands import campaign, read_file
from campaigns.catalog.definition import Definition
from campaigns.catalog.version import latest_version
from campaigns.composition.scene import scene_of
from campaigns.delivery.trial import Trial, send_trial
from campaigns.door import house
from campaigns.enrollment.states import MessageKind
from campaigns.errors import AskwellError
from campaigns.tags import available
from campaigns.terminal import merchant_option, show


@campaign.say("campaign test-send --campaign 1 --merchant 1 --to me@shop.example", "test-send")
@click.argument("file", required=False)
@click.option("--campaign", "campaign_id", type=int, help="A campaign that was applied, instead of a file.")
@merchant_option
@click.option("--to", "to_address", required=True, help="Whom to send it to; yourself, that is.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in MessageKind]),
    default=MessageKind.INVITATION.value,
    show_default=True,
)
@click.option("--language", type=click.Choice(list(available())), default="en", show_default=True)
def test_send(file: str | None, campaign_id: int | None, merchant_id: int, as_json: bool, **options: str) -> None:
    """Send one letter as a test: marked in its subject, its links answer nothing, no figure counts it."""
    if (file is None) == (campaign_id is None):
        raise AskwellError("Name either a campaign file or --campaign ID.")
    definition, version_id = (read_file(file), 0) if file is not None else _stored(merchant_id, campaign_id or 0)
    address = normalise(options["to_address"])
    kind = MessageKind(options["kind"])
    with house().database.reading() as session:
        scene = scene_of(session, merchant_id, definition, clock.now())
    trial = Trial(scene=scene, kind=kind, tag=options["language"], to_address=address, version_id=version_id)
    send_trial(house(), trial)
    data = {"sent": True, "kind": kind, "language": trial.tag}
    show(data, as_json, f"The {kind} left as a test, in {trial.tag}.")


def _stored(merchant_id: int, campaign_id: int) -> tuple[Definition, int]:
    with house().database.reading() as session:
        version = latest_version(session, get_campaign(session, merchant_id, campaign_id).id)
        if version is None:
            raise AskwellError(f"Campaign {campaign_id} says nothing yet.")
        return version.definition, version.id
