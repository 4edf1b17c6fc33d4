"""Comment boxes on the terminal: one for each place on a merchant's site."""

import click

from campaigns import clock
from campaigns.composition.line import one_line
from campaigns.door import house
from campaigns.merchants.merchant import get_merchant
from campaigns.responses.box import LONGEST_NAME, add_box, boxes_of, close_box, get_box, read_origin
from campaigns.terminal import Group, merchant_option, show

box = Group("box", help="Comment boxes: for the merchant's own site.")


def tag(url: str) -> str:
    return f'<script src="{url}" async></script>'


@box.say("box create --merchant 1 --origin https://shop.example --name Footer", "create")
@merchant_option
@click.option(
    "--origin", "origins", required=True, multiple=True, help="A site that may show it; give it several times."
)
@click.option("--name", default="", help="Where it stands; customers do not see it.")
def create(merchant_id: int, origins: tuple[str, ...], name: str, as_json: bool) -> None:
    """Make a comment box, and print the line to put on the site and the box's own address."""
    may_frame = list(dict.fromkeys(read_origin(each) for each in origins))
    with house().database.transaction() as session:
        get_merchant(session, merchant_id)
        row = add_box(session, merchant_id, one_line(name, LONGEST_NAME), may_frame, clock.now())
    links = house().links
    data = {"box": row.id, "script": tag(links.box_script(row.key)), "url": links.box(row.key)}
    show(data, as_json, f"Comment box {row.id} is here.", f"script  {data['script']}", f"page    {data['url']}")


@box.say("box list --merchant 1", "list")
@merchant_option
def list_boxes(merchant_id: int, as_json: bool) -> None:
    """Print a merchant's comment boxes."""
    links = house().links
    with house().database.reading() as session:
        get_merchant(session, merchant_id)
        found = boxes_of(session, merchant_id)
    rows = [
        {
            "box": each.id,
            "name": each.name,
            "origins": each.origins,
            "script": tag(links.box_script(each.key)),
            "url": links.box(each.key),
            "is_open": each.closed_at is None,
        }
        for each in found
    ]
    lines = [
        f"{row['box']}  {row['name'] or '–'}  {'open' if row['is_open'] else 'closed'}  {row['url']}" for row in rows
    ]
    show({"boxes": rows}, as_json, *(lines or ["There is no comment box yet; make one with `box create`."]))


@box.say("box close 1 --merchant 1", "close")
@click.argument("box_id", type=int)
@merchant_option
def close(box_id: int, merchant_id: int, as_json: bool) -> None:
    """Take no more comments in a box; those that came stay, and the site's script shows nothing any more."""
    with house().database.transaction() as session:
        close_box(session, get_box(session, merchant_id, box_id), clock.now())
    show({"box": box_id, "is_open": False}, as_json, f"Comment box {box_id} is closed.")
