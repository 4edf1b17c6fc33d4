"""A merchant's own templates on the terminal: tried before they are kept, and never changed after."""

from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from campaigns import clock
from campaigns.catalog.campaign import campaigns_of
from campaigns.catalog.own_template import (
    OwnTemplateRow,
    Reference,
    add_version,
    check_name,
    get_row,
    own_template,
    rows_of,
)
from campaigns.catalog.version import latest_version
from campaigns.composition.own_check import read_sources, try_out
from campaigns.composition.scene import shop_of
from campaigns.door import house
from campaigns.errors import NotFound
from campaigns.merchants.merchant import get_merchant
from campaigns.terminal import Group, merchant_option, show

template = Group("template", help="Templates: letters that a merchant brings, in MJML.")


@template.say("template apply summer --merchant 1 --name summer", "apply")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@merchant_option
@click.option("--name", required=True, help='What campaigns call it: template = "own/NAME".')
def apply(folder: Path, merchant_id: int, name: str, as_json: bool) -> None:
    """Try a template on every kind of letter and keep it; a new version only where it says something new."""
    check_name(name)
    sources, now = read_sources(folder), clock.now()
    with house().database.reading() as session:
        shop = shop_of(get_merchant(session, merchant_id))
        try:
            number = get_row(session, merchant_id, name).number
        except NotFound:
            number = 0
    tried = own_template(Reference(merchant_id, name, number + 1), sources)
    longest = try_out(tried, shop, now)
    with house().database.transaction() as session:
        row = add_version(session, merchant_id, name, sources, now)
        older = [use for use in _uses(session, merchant_id, name) if use["number"] != row.number]
    data = {"template": _title(row), "number": row.number, "longest_html": longest, "campaigns_on_older": older}
    notes = [f"Campaign {use['campaign']} uses number {use['number']} until it is applied again." for use in older]
    show(data, as_json, f"{_title(row)} is kept; its longest letter has {longest:,} bytes of HTML.", *notes)


@template.say("template list --merchant 1", "list")
@merchant_option
def list_templates(merchant_id: int, as_json: bool) -> None:
    """Show a merchant's templates, and which campaigns use them."""
    with house().database.reading() as session:
        get_merchant(session, merchant_id)
        rows = rows_of(session, merchant_id)
        newest = {row.name: row for row in rows}
        listed = [
            {
                "name": f"own/{name}",
                "number": row.number,
                "created_at": row.created_at,
                "bytes": sum(len(source.encode()) for source in row.sources.values()),
                "campaigns": _uses(session, merchant_id, name),
            }
            for name, row in newest.items()
        ]
    lines = [f"{each['name']}  number {each['number']}, {each['bytes']:,} bytes" for each in listed]
    show({"templates": listed}, as_json, *(lines or ["There are none."]))


@template.say("template show summer --merchant 1 --out summer", "show")
@click.argument("name")
@merchant_option
@click.option("--number", type=int, help="Which version; the newest without.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write the files to this folder.")
def show_template(name: str, merchant_id: int, number: int | None, out: Path | None, as_json: bool) -> None:
    """Show the files of a template."""
    with house().database.reading() as session:
        row = get_row(session, merchant_id, name.removeprefix("own/"), number)
    if out is not None:
        _write(row, out)
    data = {"template": _title(row), "number": row.number, "created_at": row.created_at, "sources": row.sources}
    lines = [str(out / path) for path in row.sources] if out else _written(row)
    show(data, as_json, f"{_title(row)}, of {row.created_at:%Y-%m-%d %H:%M} UTC", *lines)


def _uses(session: Session, merchant_id: int, name: str) -> list[dict[str, Any]]:
    """Return which campaigns use a template today, and by which number."""
    uses = []
    for campaign in campaigns_of(session, merchant_id):
        version = latest_version(session, campaign.id)
        of, _, number = str(version.source.get("template", "") if version else "").partition("@")
        if of == f"own/{name}":
            uses.append({"campaign": campaign.id, "number": int(number)})
    return uses


def _write(row: OwnTemplateRow, folder: Path) -> None:
    for path, source in row.sources.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")


def _title(row: OwnTemplateRow) -> str:
    return f"own/{row.name}@{row.number}"


def _written(row: OwnTemplateRow) -> list[str]:
    return [line for path, source in sorted(row.sources.items()) for line in (f"--- {path}", source.rstrip("\n"))]
