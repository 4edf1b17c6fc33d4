"""What a campaign's letters will look like, before anybody gets one."""

from pathlib import Path

import click

from campaigns import clock
from campaigns.catalog.commands import campaign, read_file
from campaigns.composition.preview import Shop, write_previews
from campaigns.door import house
from campaigns.merchants.merchant import get_merchant
from campaigns.terminal import show


@campaign.say("campaign preview after-delivery.toml --out previews", "preview")
@click.argument("file")
@click.option("--out", type=click.Path(file_okay=False), required=True, help="The folder to write to.")
@click.option("--merchant", "merchant_id", type=int, help="Whose name, look and address to use; an example's without.")
def preview(file: str, out: str, merchant_id: int | None, as_json: bool) -> None:
    """Write invitation and reminder in every language as html, txt and eml."""
    definition = read_file(file)
    shop = Shop() if merchant_id is None else shop_of(merchant_id)
    written = write_previews(definition, shop, Path(out), house().links, clock.now())
    show({"files": [str(path) for path in written]}, as_json, *(str(path) for path in written))


def shop_of(merchant_id: int) -> Shop:
    with house().database.reading() as session:
        merchant = get_merchant(session, merchant_id)
    return Shop(
        name=merchant.name,
        from_address=merchant.from_address,
        reply_to=merchant.reply_to,
        postal_address=merchant.postal_address,
        look=merchant.look,
        timezone=merchant.timezone,
    )
