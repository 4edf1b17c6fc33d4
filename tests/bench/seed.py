"""Fills a database with letters by the million: a few statements, no row passes through Python."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from campaigns import clock
from campaigns.database import UtcDateTime
from campaigns.merchants.merchant import Merchant
from campaigns.vault import Vault
from tests.bench.place import Place
from tests.factories import make_campaign, make_merchant, make_store

ALL_DAY = {"from": "00:00", "to": "24:00"}
TABLES = ("contact", "purchase", "enrollment", "message")
SERIES = {
    "sqlite": "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :count) ",
    "postgres": "WITH s(n) AS (SELECT generate_series(1, CAST(:count AS integer))) ",
}
FROM = " FROM s JOIN bench_spot AS spot ON spot.k = s.n % :spots"
# As postgres sees it; SQLite has one kind of text for all of it.
ITEMS = (
    """CAST('[{{"id": "li_1", "name": "Mug no. ' || (n % 900) || '", "quantity": 1, "price": "12.00"}}]' AS {json})"""
)
NOTHING, EMPTY = "CAST('[]' AS {json})", "CAST('{{}}' AS {json})"
NAMES = "CASE n % 4 WHEN 0 THEN 'Ana' WHEN 1 THEN 'Benedikt' WHEN 2 THEN 'Chloe' ELSE 'Devendra' END"
CONTACT = f"""INSERT INTO contact (id, merchant_id, fingerprint, email, first_name, last_name, locale, timezone,
    country, created_at, updated_at) {{series}}
    SELECT :contact + n, spot.merchant_id, 'bench-' || (:contact + n), 'buyer' || n || '@' || spot.domain,
    {NAMES}, 'Ruiz', 'en', 'Europe/Madrid', 'ES', :now, :now{FROM}"""
PURCHASE = f"""INSERT INTO purchase (id, merchant_id, store_id, order_id, contact_id, address_problem, is_test,
    fulfilled_at, placed_at, described, locale, timezone, country, total, currency, basis, tags, items, refunds, extra,
    revision, is_undecided, received_at) {{series}}
    SELECT :purchase + n, spot.merchant_id, spot.store_id, 'B' || (:purchase + n), :contact + n, '', {{false}},
    :before, :before, {EMPTY}, 'en', '', '', n % 90 + 9.9, 'EUR', '', {NOTHING}, {ITEMS}, {EMPTY}, {EMPTY},
    1, {{false}}, :before{FROM}"""
ENROLLMENT = f"""INSERT INTO enrollment (id, merchant_id, campaign_id, version_id, purchase_id, contact_id, verdict,
    reason, detail, rules, decided_at, planned_at, closes_at, locale, timezone, is_held_out) {{series}}
    SELECT :enrollment + n, spot.merchant_id, spot.campaign_id, spot.version_id, :purchase + n, :contact + n,
    'enrolled', 'eligible', {EMPTY}, '1', :before, :before, :closes, 'en', 'Europe/Madrid', {{false}}{FROM}"""
MESSAGE = f"""INSERT INTO message (id, merchant_id, enrollment_id, kind, state, due_at, attempts, sent_at, sent_on,
    reply_code, created_at, updated_at) {{series}}
    SELECT :message + n, spot.merchant_id, :enrollment + n, '{{kind}}', {{state}}, {{due}}, {{sent}} * 1,
    CASE {{sent}} WHEN 1 THEN :before END, CASE {{sent}} WHEN 1 THEN CAST(:day AS {{date}}) END,
    CASE {{sent}} WHEN 1 THEN 250 END, :before, :before{FROM}"""
MOMENTS = [bindparam(name, type_=UtcDateTime()) for name in ("now", "before", "closes")]
DUE_AT = bindparam("due", type_=UtcDateTime())
PAUSE_CHECKS = {"sqlite": "PRAGMA defer_foreign_keys=ON", "postgres": "SET LOCAL session_replication_role = replica"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A campaign, with all that its letters belong to."""

    k: int
    merchant_id: int
    store_id: int
    campaign_id: int
    version_id: int
    domain: str


@dataclass(frozen=True, slots=True)
class Past:
    """What became of the letters: each `one_in`th is yet to come, a twentieth was cancelled, all others left."""

    one_in: int = 100


def open_shop(session: Session, vault: Vault, spots: int = 1, **how: str) -> list[Spot]:
    """Make a merchant with so many campaigns, whose letters may leave at any hour.

    `how`: the `domain` its customers live at, the `template` of its letters.
    """
    domain, template = how.get("domain", "example.com"), how.get("template", "classic")
    merchant = make_merchant(session, name="Harbour Mugs")
    store = make_store(session, vault, merchant)
    versions = [
        make_campaign(session, merchant, name=f"After delivery {number}", hours=ALL_DAY, template=template)
        for number in range(spots)
    ]
    return [Spot(0, merchant.id, store.id, each.campaign_id, each.id, domain) for each in versions]


def fill(place: Place, spots: Sequence[Spot], count: int, past: Past | None = None) -> None:
    """Give every campaign its share of so many customers with an invitation each.

    The letters are cancelled, for `make_due` to wake; with a `past` most have left, reminders too.
    """
    with place.house.database.transaction() as session:
        session.execute(text(PAUSE_CHECKS[place.kind]))
        session.execute(
            text(
                "CREATE TEMPORARY TABLE bench_spot (k integer PRIMARY KEY, merchant_id integer, store_id integer,"
                " campaign_id integer, version_id integer, domain text)"
            )
        )
        rows = [{**asdict(spot), "k": k} for k, spot in enumerate(spots)]
        session.execute(
            text("INSERT INTO bench_spot VALUES (:k, :merchant_id, :store_id, :campaign_id, :version_id, :domain)"),
            rows,
        )
        _pour(session, place.kind, len(spots), count, past)
        session.execute(text("DROP TABLE bench_spot"))
    with place.house.database.transaction() as session:
        session.execute(text("ANALYZE"))


def _pour(session: Session, kind: str, spots: int, count: int, past: Past | None) -> None:
    now = clock.now()
    before = now - timedelta(hours=2)
    last = {table: session.execute(text(f"SELECT coalesce(max(id), 0) FROM {table}")).scalar_one() for table in TABLES}
    values = {**last, "count": count, "spots": spots, "now": now, "before": before, "day": before.date().isoformat()}
    values["closes"] = now + timedelta(days=21)
    is_sqlite = kind == "sqlite"
    words = {"series": SERIES[kind], "false": "false", "json": "text" if is_sqlite else "json"}
    words |= {"date": "text" if is_sqlite else "date", "kind": "invitation"}
    words |= {"state": "'cancelled'", "due": ":before", "sent": "0"}
    if past:
        coming = f"n % {past.one_in} = 0"
        words["state"] = f"CASE WHEN {coming} THEN 'scheduled' WHEN n % 20 = 3 THEN 'cancelled' ELSE 'sent' END"
        words["due"] = f"CASE WHEN {coming} THEN :closes ELSE :before END"
        words["sent"] = f"CASE WHEN {coming} OR n % 20 = 3 THEN 0 ELSE 1 END"
    for statement in (CONTACT, PURCHASE, ENROLLMENT, MESSAGE):
        _run(session, statement.format(**words), values)
    if past:
        words |= {"kind": "reminder", "state": "CASE WHEN n % 9 = 0 THEN 'cancelled' ELSE 'sent' END"}
        words |= {"due": ":before", "sent": "CASE WHEN n % 9 = 0 THEN 0 ELSE 1 END"}
        _run(session, MESSAGE.format(**words), {**values, "message": last["message"] + count})
    if not is_sqlite:
        for table in TABLES:
            session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"))


def _run(session: Session, statement: str, values: dict[str, Any]) -> None:
    moments = [each for each in MOMENTS if f":{each.key}" in statement]
    bound = text(statement).bindparams(*moments)
    session.execute(bound, {name: value for name, value in values.items() if f":{name}" in statement})


def make_due(place: Place, merchant_id: int, count: int, due: datetime) -> None:
    """Undo what a round has done to a merchant's letters, and make the first so many of them due."""
    values = {"merchant": merchant_id, "count": count, "due": due}
    with place.house.database.transaction() as session:
        session.execute(
            text("DELETE FROM message WHERE merchant_id = :merchant AND kind = 'reminder'"), {"merchant": merchant_id}
        )
        session.execute(
            text(
                "UPDATE message SET state = 'scheduled', due_at = :due, attempts = 0, lease = NULL,"
                " leased_until = NULL, intended_at = NULL, sent_at = NULL, sent_on = NULL, reply_code = NULL,"
                " reply_status = '', reason = '' WHERE id IN"
                " (SELECT id FROM message WHERE merchant_id = :merchant ORDER BY id LIMIT :count)"
            ).bindparams(DUE_AT),
            values,
        )
    place.tidy()


def count_sent(place: Place, merchant_id: int, due: datetime) -> int:
    """Count the letters that were due at that moment and have left."""
    query = text("SELECT count(*) FROM message WHERE merchant_id = :merchant AND state = 'sent' AND due_at = :due")
    with place.house.database.reading() as session:
        found = session.execute(query.bindparams(DUE_AT), {"merchant": merchant_id, "due": due})
        return int(found.scalar_one())


def set_pace(session: Session, merchant_id: int, letters_per_second: float) -> None:
    session.get_one(Merchant, merchant_id).letters_per_second = letters_per_second
