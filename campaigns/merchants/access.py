"""Nobody passes a staff door who is not signed in, or whose role does not include what is behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec

from flask import abort, g, redirect, session
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from campaigns.door import house
from campaigns.links import LOGIN
from campaigns.merchants.merchant import Merchant
from campaigns.merchants.staff import PERMISSIONS, Permission, Role, Staff, end_sessions

SIGNED_IN_FOR = timedelta(days=14)
STAFF_ID = "staff_id"
ROUND = "round"  # of the person's sessions; all of an earlier one are over

P = ParamSpec("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is signed in, at which merchant, as the rows said when this request began."""

    staff_id: int
    email: str
    role: Role
    merchant_id: int
    merchant_name: str
    accent: str
    timezone: str

    def may(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[self.role]

    @property
    def may_read_answers(self) -> bool:
        return self.may(Permission.READ_ANSWERS)

    @property
    def may_run_campaigns(self) -> bool:
        return self.may(Permission.RUN_CAMPAIGNS)


def sign_in(staff: Staff) -> None:
    """Begin a session of this browser, and forget whatever session it had."""
    session.clear()
    session.permanent = True
    session[STAFF_ID], session[ROUND] = staff.id, staff.session_round


def sign_out() -> None:
    """End this person's sessions, in this browser and in every other."""
    person = signed_in()
    if person is not None:
        with house().database.transaction() as rows:
            end_sessions(rows, person.staff_id)
    session.clear()


def signed_in() -> Person | None:
    """Return who is signed in. The row is read at every request: who was removed is out at once."""
    if "person" not in g:
        g.person = _read_person(session.get(STAFF_ID), session.get(ROUND))
    person: Person | None = g.person
    return person


def _read_person(staff_id: object, session_round: object) -> Person | None:
    if not isinstance(staff_id, int) or not isinstance(session_round, int):
        return None
    query = select(Staff, Merchant).join(Merchant, Merchant.id == Staff.merchant_id).where(Staff.id == staff_id)
    query = query.where(Staff.session_round == session_round)
    with house().database.reading() as rows:
        found = rows.execute(query).one_or_none()
    if found is None:
        return None
    staff, merchant = found
    return Person(
        staff_id=staff.id,
        email=staff.email,
        role=Role(staff.role),
        merchant_id=merchant.id,
        merchant_name=merchant.name,
        accent=merchant.accent,
        timezone=merchant.timezone,
    )


View = Callable[Concatenate[Person, P], ResponseReturnValue]


def needs(permission: Permission) -> Callable[[View[P]], Callable[P, ResponseReturnValue]]:
    """Guard a door: it is opened to people whose role includes `permission`, and is told who came."""

    def guard(view: View[P]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            person = signed_in()
            if person is None:
                return redirect(LOGIN, 303)
            if not person.may(permission):
                abort(403)
            return view(person, *args, **kwargs)

        return guarded

    return guard
