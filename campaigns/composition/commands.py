"""What a campaign's letters will look like, before anybody gets one."""

import sys
from pathlib import Path

import click

from campaigns import clock
from campaigns.catalog.commands import campaign, read_file
from campaigns.catalog.definition import OWN_TEMPLATE, Definition
from campaigns.composition.chromium import find_browser
from campaigns.composition.preview import picture_count, take_pictures, write_scene
from campaigns.composition.samples import Scene, Shop
from campaigns.composition.scene import scene_of
from campaigns.door import house
from campaigns.errors import InvalidCampaign
from campaigns.terminal import show


@campaign.say("campaign preview after-delivery.toml --out previews --pictures", "preview")
@click.argument("file")
@click.option("--out", type=click.Path(file_okay=False), required=True, help="The folder to write to.")
@click.option(
    "--merchant", "merchant_id", type=int, help="Whose name, colour and address to use; an example's without."
)
@click.option("--pictures", is_flag=True, help="Take pictures too, which needs a Chromium on this machine.")
def preview(file: str, out: str, merchant_id: int | None, pictures: bool, as_json: bool) -> None:
    """Write both letters in every language and state, and index.html, which shows them all."""
    scene = scene_for(read_file(file), merchant_id)
    folder = Path(out)
    written = write_scene(scene, folder, house().links)
    if pictures:
        taken = take_pictures(scene, folder, find_browser())
        with click.progressbar(
            taken, length=picture_count(scene.definition), label="Pictures", file=sys.stderr
        ) as each:
            written += each
    show({"files": [str(path) for path in written]}, as_json, *(str(path) for path in written))


def scene_for(definition: Definition, merchant_id: int | None) -> Scene:
    """Return a campaign file's letters from a merchant, or without one from the example's."""
    if merchant_id is None:
        if OWN_TEMPLATE.fullmatch(definition.template):
            raise InvalidCampaign(f"template is {definition.template!r}; say whose it is with --merchant ID.")
        return Scene(definition=definition, shop=Shop(), now=clock.now())
    with house().database.reading() as session:
        return scene_of(session, merchant_id, definition, clock.now())
