"""The same figures by whose mailboxes the letters went to: machines that open every link stand before some of them.

Which gateway a company's own domain hides cannot be known without asking the network, so it is "other".
The addresses themselves never leave the database.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, String, case, func, literal, or_, select
from sqlalchemy.orm import Session

from campaigns.audience.contact import Contact
from campaigns.enrollment.enrollment import Enrollment
from campaigns.reports.counting import Counts, Scope, flags, in_scope

OTHER, FORGOTTEN = "other", "forgotten"
FAMILIES = {
    "gmail": ("gmail.com", "googlemail.com"),
    "microsoft": ("outlook.%", "hotmail.%", "live.%", "msn.com"),
    "yahoo": ("yahoo.%", "ymail.com", "rocketmail.com", "aol.%"),
    "apple": ("icloud.com", "me.com", "mac.com"),
    "gmx": ("gmx.%", "web.de"),
}
LABELS = {
    "gmail": "Gmail",
    "microsoft": "Outlook, Hotmail, Live",
    "yahoo": "Yahoo, AOL",
    "apple": "iCloud",
    "gmx": "GMX, WEB.DE",
    OTHER: "Other domains",
    FORGOTTEN: "Forgotten customers",
}


def counts_by_gateway(session: Session, scope: Scope) -> dict[int, list[tuple[str, Counts]]]:
    """Return the counts of each campaign by family of mailboxes, the largest first, in one query."""
    columns: list[Any] = [Enrollment.campaign_id, _family().label("family")]
    columns += [flag.label(name) for name, flag in flags(scope.now).items()]
    each = in_scope(session, columns, scope).outerjoin(Contact, Contact.id == Enrollment.contact_id).subquery()
    sums = [func.sum(each.c[name]) for name in Counts.__slots__]
    query = select(each.c.campaign_id, each.c.family, *sums).group_by(each.c.campaign_id, each.c.family)
    found: dict[int, list[tuple[str, Counts]]] = defaultdict(list)
    for campaign_id, family, *numbers in session.execute(query):
        counts = Counts(**dict(zip(Counts.__slots__, map(int, numbers), strict=True)))
        found[campaign_id].append((family, counts))
    for families in found.values():
        families.sort(key=lambda pair: (-pair[1].eligible, pair[0]))
    return found


def _family() -> ColumnElement[str]:
    whens = [
        (or_(*(Contact.email.like(f"%@{domain}") for domain in domains)), literal(name, String))
        for name, domains in FAMILIES.items()
    ]
    return case((Contact.email.is_(None), literal(FORGOTTEN, String)), *whens, else_=literal(OTHER, String))
