"""A version of a template is kept for ever, belongs to one merchant, and is settled when a campaign is applied."""

from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from campaigns.catalog.campaign_file import read_definition
from campaigns.catalog.own_template import (
    OwnTemplateRow,
    OwnTemplates,
    Reference,
    add_version,
    get_row,
    own_template_of,
    reference_of,
)
from campaigns.catalog.version import get_version
from campaigns.errors import AskwellError, InvalidCampaign, NotFound
from tests.factories import NOW, make_campaign, make_merchant

ONE, TWO = {"invitation/body.mjml": "one"}, {"invitation/body.mjml": "two"}


def test_what_says_the_same_is_the_same_version(session: Session) -> None:
    merchant = make_merchant(session)

    numbers = [add_version(session, merchant.id, "summer", each, NOW).number for each in (ONE, ONE, TWO, TWO, ONE)]

    assert numbers == [1, 1, 2, 2, 3]
    assert get_row(session, merchant.id, "summer", 2).sources == TWO
    assert get_row(session, merchant.id, "summer").number == 3


@pytest.mark.parametrize("name", ["", "Summer", "a b", "../x", "summer@2", "x" * 41, "-x"])
def test_a_name_is_plain(session: Session, name: str) -> None:
    with pytest.raises(AskwellError, match="is no name for a template"):
        add_version(session, make_merchant(session).id, name, ONE, NOW)


def test_a_campaign_keeps_the_number_it_was_applied_with(session: Session) -> None:
    merchant = make_merchant(session)
    add_version(session, merchant.id, "summer", ONE, NOW)
    first = make_campaign(session, merchant, template="own/summer")
    add_version(session, merchant.id, "summer", TWO, NOW)

    assert get_version(session, first.id).definition.template == "own/summer@1"
    again = make_campaign(session, merchant, template="own/summer")
    assert (again.number, again.source["template"]) == (2, "own/summer@2")
    assert make_campaign(session, merchant, template="own/summer").id == again.id
    assert make_campaign(session, merchant, template="own/summer@1").source["template"] == "own/summer@1"


def test_one_merchant_never_gets_the_template_of_another(session: Session) -> None:
    ours, theirs = make_merchant(session), make_merchant(session, name="Theirs")
    add_version(session, theirs.id, "summer", ONE, NOW)

    with pytest.raises(InvalidCampaign, match=rf"Merchant {ours.id} has no template own/summer\."):
        make_campaign(session, ours, template="own/summer")
    with pytest.raises(NotFound):
        get_row(session, ours.id, "summer", 1)

    add_version(session, ours.id, "summer", TWO, NOW)
    found = own_template_of(session, ours.id, read_definition({"name": "A", "template": "own/summer"}))
    assert found is not None
    assert found.sources == TWO
    assert own_template_of(session, ours.id, read_definition({"name": "A"})) is None


@pytest.mark.parametrize("template", ["own/", "own/Summer", "own/summer@0", "own/summer@x", "own/a/b", "own/summer@"])
def test_a_campaign_file_names_a_template_plainly(template: str) -> None:
    with pytest.raises(InvalidCampaign, match=r"it is one of classic.*, or own/NAME"):
        read_definition({"name": "A", "template": template})


def test_any_number_of_templates_takes_one_query_and_then_none(session: Session) -> None:
    merchant, other = make_merchant(session), make_merchant(session)
    for name in ("a", "b", "c"):
        for each in (merchant, other):
            add_version(session, each.id, name, {"x": f"{each.id}{name}"}, NOW)
    wanted = {Reference(each.id, name, 1) for each in (merchant, other) for name in ("a", "b", "c")}
    session.flush()
    statements: list[Any] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *told: statements.append(told[2]))
    shelf = OwnTemplates()

    known = shelf.gather(session, wanted)
    shelf.gather(session, wanted)

    assert len(statements) == 1
    assert {reference: known[reference].sources["x"] for reference in wanted} == {
        reference: f"{reference.merchant_id}{reference.name}" for reference in wanted
    }


def test_only_a_settled_name_is_a_reference() -> None:
    assert reference_of(7, "own/summer@3") == Reference(7, "summer", 3)
    assert reference_of(7, "own/summer") is None
    assert reference_of(7, "classic") is None


def test_no_version_is_ever_overwritten(session: Session) -> None:
    merchant = make_merchant(session)
    for each in (ONE, TWO):
        add_version(session, merchant.id, "summer", each, NOW)

    kept = session.scalars(select(OwnTemplateRow.sources).order_by(OwnTemplateRow.number)).all()
    assert kept == [ONE, TWO]
