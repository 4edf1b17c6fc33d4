"""How others send, for comparison: the naive way, and smtplib with a connection it keeps."""

import json
import smtplib
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

import mrml
from itsdangerous import URLSafeSerializer
from jinja2 import Environment
from sqlalchemy import RowMapping, text

from campaigns.delivery.server import Server
from campaigns.house import House
from tests.bench.letters import BLOCK, blocks_for

MJML = """<mjml><mj-head><mj-title>{{ name }}</mj-title></mj-head><mj-body width="560px">
<mj-section><mj-column><mj-text font-size="19px">{{ name }}</mj-text></mj-column></mj-section>
<mj-section><mj-column><mj-text>Hello {{ first_name }},</mj-text>
{% for item in products %}<mj-text>Thank you for buying “{{ item.name }}”.</mj-text>{% endfor %}
<mj-text font-size="21px">How was your order from {{ name }}?</mj-text></mj-column></mj-section>
<mj-section>{% for link in links %}<mj-column><mj-button href="{{ link }}">{{ loop.index }}</mj-button></mj-column>
{% endfor %}</mj-section>{{ filler | safe }}
<mj-section><mj-column><mj-text font-size="13px">Order {{ order_id }}. {{ postal_address }}
<a href="{{ unsubscribe }}">Unsubscribe</a></mj-text></mj-column></mj-section></mj-body></mjml>"""
TEXT = "Hello {},\n\nhow was your order {} from {}?\n\n{}\n\nUnsubscribe: {}\n"
DUE = """SELECT message.id, contact.email, contact.first_name, purchase.order_id, purchase.items, merchant.name,
    merchant.from_address, merchant.postal_address FROM message JOIN enrollment ON enrollment.id = message.enrollment_id
    JOIN contact ON contact.id = enrollment.contact_id JOIN purchase ON purchase.id = enrollment.purchase_id
    JOIN merchant ON merchant.id = message.merchant_id WHERE message.state = 'scheduled' AND message.kind = 'invitation'"""
SENT = "UPDATE message SET state = 'sent', reply_code = 250 WHERE id = :id"
SAMPLE: dict[str, Any] = {
    "id": 1,
    "email": "ana@example.com",
    "first_name": "Ana",
    "order_id": "B1001",
    "items": "[]",
    "name": "Mugs",
}
SAMPLE |= {"from_address": "hello@harbour.example", "postal_address": "1 Quay Street, Galway, Ireland"}

Row = RowMapping | dict[str, Any]


class Naive:
    """A first attempt: Jinja, then MJML for every recipient, EmailMessage, a connection and a commit for each."""

    def __init__(self, house: House, size: int) -> None:
        self._house = house
        self._server = Server.from_url(house.settings.smtp_url)
        self._template = Environment(autoescape=True).from_string(MJML)
        self._tokens = URLSafeSerializer("n" * 40)
        self._blocks = blocks_for(size, lambda count: len(self._write(SAMPLE, count).as_bytes()))

    def work(self, letters: int) -> int:
        with self._house.database.reading() as session:
            due = session.execute(text(DUE)).mappings().all()
        for row in due:
            message = self._write(row, self._blocks)
            with smtplib.SMTP(self._server.host, self._server.port) as connection:
                connection.send_message(message)
            with self._house.database.transaction() as session:
                session.execute(text(SENT), {"id": row["id"]})
        return len(due)

    def _write(self, row: Row, blocks: int) -> EmailMessage:
        items, token = row["items"], self._tokens.dumps(row["id"])
        links = [f"https://ask.harbour.example/r/{token}/{score}" for score in range(1, 6)]
        unsubscribe = f"https://ask.harbour.example/u/{token}"
        products = json.loads(items) if isinstance(items, str) else items
        mjml = self._template.render(
            dict(row), products=products, links=links, unsubscribe=unsubscribe, filler=BLOCK * blocks
        )
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = row["from_address"], row["email"], "How was your order?"
        message["Date"], message["List-Unsubscribe"] = formatdate(), f"<{unsubscribe}>"
        message.set_content(TEXT.format(row["first_name"], row["order_id"], row["name"], "\n".join(links), unsubscribe))
        message.add_alternative(mrml.to_html(mjml).content, subtype="html")
        return message


class Kept:
    """smtplib at its best: one connection for all letters, and every letter is bytes already."""

    def __init__(self, house: House, size: int) -> None:
        self._server = Server.from_url(house.settings.smtp_url)
        self._letter = b"Subject: ready\r\n\r\n" + (b"x" * 73 + b"\r\n") * (size // 75)

    def work(self, letters: int) -> int:
        with smtplib.SMTP(self._server.host, self._server.port) as connection:
            for number in range(letters):
                connection.sendmail("hello@harbour.example", [f"buyer{number}@example.com"], self._letter)
        return letters
