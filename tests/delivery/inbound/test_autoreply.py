"""What machines write by themselves is known by its head, and people who write alike are not taken for one."""

import pytest

from campaigns.delivery.inbound.finding import Sort
from campaigns.delivery.inbound.parse import parse
from campaigns.delivery.inbound.reading import read
from tests.delivery.inbound.mails import out_of_office


def sort_of(*headers: str, subject: str = "Re: How was your order?") -> Sort:
    return read(parse(out_of_office(*headers, subject=subject))).sort


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "auto-submitted: AUTO-GENERATED (vacation)",
        "Auto-Submitted:auto-notified; x=y",
        "X-Autoreply: yes",
        "X-Autorespond: gone",
        "X-Auto-Response-Suppress: All",
        "X-MS-Exchange-Inbox-Rules-Loop: ana0@example.com",
        "X-Apple-Action: VACATION",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "Return-Path: <>",
        "List-Id: <news.example.com>",
        "X-Askwell-Loop: 1",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
    ],
)
def test_a_head_gives_a_machine_away(header: str) -> None:
    assert sort_of(header) is Sort.AUTO_REPLY


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: How was your order?",
        "Auto: Out of Office",
        "Out of the office until Monday",
        "On vacation Re: How was your order?",
        "Abwesenheitsnotiz: Wie war Ihre Bestellung?",
        "Automatische Antwort: Ihre Bestellung",
        "Réponse automatique : Votre commande",
        "=?utf-8?Q?R=C3=A9ponse_automatique?= : Votre commande",
        "Respuesta automática: su pedido",
        "Risposta automatica: il suo ordine",
        "Resposta automática: o seu pedido",
        "Automatisch antwoord: uw bestelling",
        "Autosvar: Din beställning",
        "Automaattinen vastaus: tilauksesi",
        "Automatyczna odpowiedź: zamówienie",
        "Автоматический ответ: Ваш заказ",
        "自動返信: ご注文",
        "自动回复: 您的订单",
        "자동 응답: 주문",
        "رد تلقائي: طلبك",
        "Otomatik yanıt: siparişiniz",
        "Re: Away until May 5",
    ],
)
def test_a_subject_gives_a_machine_away_in_many_languages(subject: str) -> None:
    assert sort_of(subject=subject) is Sort.AUTO_REPLY


@pytest.mark.parametrize(
    "subject",
    [
        "Re: How was your order?",
        "AW: Wie war es?",
        "Mugs for our office",
        "It came while I was on vacation",
        "Automatic espresso machine broke",
        "",
    ],
)
def test_a_person_is_not_taken_for_a_machine(subject: str) -> None:
    assert sort_of(subject=subject) is Sort.REPLY
    assert sort_of("Auto-Submitted: no", subject=subject) is Sort.REPLY
