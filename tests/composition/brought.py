"""A merchant's own template, short and sound; keywords put something else into it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from campaigns.catalog.own_template import OwnTemplate, Reference, own_template
from campaigns.composition.letter import LetterFacts
from campaigns.enrollment.states import MessageKind
from tests.composition.cast import ana

BODY = """<mjml lang="[[ lang ]]" dir="[[ direction ]]">
  <mj-head>
    <mj-title>{{ subject }}</mj-title>
    [% include "parts/style.mjml" %]
  </mj-head>
  <mj-body width="560px">
    <mj-section>
      <mj-column>
        <mj-text>{% if first_name %}Dear {{ first_name }},{% else %}Good day,{% endif %}</mj-text>
        <mj-text>[% if lang == "de" %]Danke[% else %]Thank you[% endif %]{% if product %}: {{ product.name }}{% endif %}</mj-text>
        SOMETHING
        [% include "parts/rating.mjml" %]
        [% include "parts/footer.mjml" %]
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""
TEXT = """{% extends "parts/letter.txt" %}
{% block sentence %}
[% if lang == "de" %]
Danke{% if product %}: {{ product.name }}{% endif %}
[% else %]
Thank you{% if product %}: {{ product.name }}{% endif %}
[% endif %]
SOMETHING
{% endblock %}
"""
SUBJECT = "Dear {{ first_name or 'friend' }}, how was it at {{ merchant }}?\n"
HERE = BODY[: BODY.index("SOMETHING")].count("\n") + 1  # the line of the body that `sources` fills


def sources(something: str = "", text: str = "", **files: str) -> dict[str, str]:
    """Return the files of a template with something of one's own in its bodies; others by path, _ for /."""
    made = {}
    for kind in MessageKind:
        made[f"{kind}/body.mjml"] = BODY.replace("SOMETHING", something)
        made[f"{kind}/body.txt"] = TEXT.replace("SOMETHING", text)
        made[f"{kind}/subject.txt"] = SUBJECT
    return {**made, **files}


def brought(files: Mapping[str, str] | None = None, merchant_id: int = 7, name: str = "summer") -> OwnTemplate:
    return own_template(Reference(merchant_id, name, 1), files or sources())


def ana_of(own: OwnTemplate, kind: MessageKind = MessageKind.INVITATION, **values: Any) -> LetterFacts:
    facts = ana(kind, merchant_id=own.reference.merchant_id, own=own, **values)
    return replace(facts, definition=replace(facts.definition, template=own.title))
