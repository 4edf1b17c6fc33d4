"""Two merchants with rows in every table: whatever the staff of one looks at is the same with the other and without."""

import re
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import JSON, Column, Table, func, insert, select
from sqlalchemy.orm import Session

from campaigns import clock, schema
from campaigns.catalog.scale import SCALES
from campaigns.cli import add_commands
from campaigns.database import Base
from campaigns.house import House
from campaigns.merchants.merchant import Merchant
from tests.merchants.browser import enter
from tests.reports.rows import VAULT, Shop, answer, ask, make_shop, remind
from tests.responses.conftest import add

CHANGES = re.compile(r'name="csrf_token" value="[^"]*"|name="nonce" value="[^"]*"')
UNSEEN = {"/login", "/metrics", "/healthz", "/readyz", "/r/", "/s/"}
EVERYBODYS = {"/mailbox", "/mailbox.json"}  # of a machine somebody develops on
WORDS = {  # what a row has to say, or no page would look at it
    "dkim_key.algorithm": "rsa",
    "comment_box.origins": ["https://shop.example"],
    "box_comment.level": "confirmed",
    "inbound_mail.kind": "reply",
    "incentive.state": "in_doubt",
    "news.kind": "bounced",
    "note.kind": "not_arrived",
    "receipt.state": "stuck",
    "rule_book.source": {},
    "ruling.verdict": "rejected",
    "staff.role": "viewer",
    "suppression.reason": "manual",
    "trip.cause": "complaints",
}
COMMANDS = (
    *(["report", "response-rate", "--by", by] for by in ("campaign", "day", "store", "locale", "product")),
    *(["report", "score"], ["message", "doubts"], ["incentive", "list"], ["box", "list"], ["events", "list"]),
    *(["events", "source", "list"], ["suppression", "list"], ["relay", "list"], ["template", "list"]),
    *(["why", "1001"], ["export", "1001@example.com"]),
)


def tables() -> list[Table]:
    """Every table that is a merchant's, or belongs to something of a merchant's."""
    assert schema
    house = {"merchant", "restoration", "halt"}
    return [table for table in Base.metadata.sorted_tables if table.name not in house]


def fill(session: Session, name: str, scale: str) -> Shop:
    """Give a merchant a row in every table: the usual ones as they are, the others as their columns allow."""
    shop = make_shop(session, name, scale=scale)
    lowest = next(each for each in SCALES.values() if each.name == scale).lowest
    letters = [ask(session, shop, f"100{number}") for number in range(4)]
    for number, level in enumerate(["confirmed", "provisional", "suspect"]):
        hit = add(session, letters[number], level=level, score=lowest)
        answer(session, shop, letters[number], lowest, level=level, hit_id=hit.id, reasons=[{"code": "burst"}])
    answer(session, shop, letters[3], lowest, answers={"comment": f"{name} is far away"})
    ask(session, shop, "2001", "in_doubt")
    remind(session, letters[3])
    for table in tables():
        if not _rows_of(session, table, shop.merchant):
            session.execute(insert(table).values(_row(session, table, shop.merchant)))
    return shop


def _row(session: Session, table: Table, merchant: Merchant) -> dict[str, Any]:
    return {column.name: _value(session, column, merchant) for column in table.columns if _is_needed(column)}


def _is_needed(column: Column[Any]) -> bool:
    return not column.primary_key and (not column.nullable or bool(column.foreign_keys) or str(column) in WORDS)


def _value(session: Session, column: Column[Any], merchant: Merchant) -> Any:
    if column.name == "merchant_id":
        return merchant.id
    for key in column.foreign_keys:
        target = key.column.table
        return session.scalar(select(func.max(target.c.id)).where(_is_of(target, merchant)))
    if str(column) in WORDS:
        return WORDS[str(column)]
    if column.name.startswith("sealed"):
        return VAULT.seal(merchant.name)
    if isinstance(column.type, JSON):
        return {}
    length = getattr(column.type, "length", None) or len(merchant.name)
    blank = {str: merchant.name[:length], int: merchant.id, bool: False, float: 1.0, bytes: b""}
    kind = column.type.python_type
    return blank[kind] if kind in blank else clock.now() - timedelta(hours=merchant.id)


def _is_of(table: Table, merchant: Merchant) -> Any:
    if "merchant_id" in table.c:
        return table.c.merchant_id == merchant.id
    if table.name == "merchant":
        return table.c.id == merchant.id
    owner = next(key.column.table for column in table.c for key in column.foreign_keys)
    foreign = next(column for column in table.c if column.foreign_keys)
    return foreign.in_(select(owner.c.id).where(_is_of(owner, merchant)))


def _rows_of(session: Session, table: Table, merchant: Merchant) -> int:
    return session.scalar(select(func.count()).select_from(table).where(_is_of(table, merchant))) or 0


def seen(app: Flask, client: FlaskClient, shop: Shop) -> dict[str, str]:
    """Return all that a merchant's staff can look at, on pages and on the terminal."""
    pages = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments}
    found = {}
    for page in sorted(pages - UNSEEN - EVERYBODYS):
        answered = client.get(page)
        assert answered.status_code == 200, page
        found[page] = CHANGES.sub("", answered.text)
    for command in COMMANDS:
        arguments = [*command, "--merchant", str(shop.merchant.id), "--json"]
        done = app.test_cli_runner().invoke(args=arguments)
        assert done.exit_code == 0, (command, done.exception)
        found[" ".join(command)] = done.output
    return found


def test_one_merchant_sees_the_same_with_another_beside_it_and_without(
    app: Flask, client: FlaskClient, house: House
) -> None:
    add_commands(app)
    with house.database.transaction() as session:
        harbour = fill(session, "Harbour Mugs", "stars5")
    enter(client, house, harbour.merchant)
    before = seen(app, client, harbour)

    with house.database.transaction() as session:
        zebra = fill(session, "Zebra & Sons", "nps11")
        assert all(_rows_of(session, table, zebra.merchant) for table in tables())
    with app.test_client() as theirs:
        enter(theirs, house, zebra.merchant)
        others = seen(app, theirs, zebra)

    after = seen(app, client, harbour)
    assert {where: text for where, text in after.items() if text != before[where]} == {}
    assert [where for where, text in after.items() if "Zebra" in text] == []
    assert [where for where, text in others.items() if "Harbour" in text] == []
