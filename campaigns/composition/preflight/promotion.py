"""A mail that asks for an opinion and sells beside it is advertising, and many laws want consent for that."""

import re
from collections.abc import Iterator

from campaigns.composition.preflight.asking import EXPRESSION
from campaigns.composition.preflight.countries import STRICTEST, country
from campaigns.composition.preflight.finding import Finding, Flight, Severity
from campaigns.composition.preflight.lines import lines

# Every language's words are looked for in every text; words that mean something harmless elsewhere are not here.
WORDS = (
    r"discount(?:s|ed)?|coupons?|vouchers?|promo(?:tion(?:s|al)?)?|special offers?|gift cards?|free shipping|on sale",
    r"\d{1,2} ?% off|buy one,? get one|limited[- ]time offer",
    r"rabatt(?:code|aktion|e|s)?|gutschein(?:e|code)?s?|sonderangebote?s?|aktionscode|preisnachlass|versandkostenfrei",
    r"codes? promo|réductions?|bons? d'achat|soldes|offres? spéciales?|\d{1,2} ?% de remise|livraison gratuite",
    r"descuentos?|cupón|cupones|código promocional|rebajas|ofertas? especial(?:es)?|envío gratis",
    r"scont[oi]|codice promozionale|buon[oi] (?:sconto|regalo)|saldi|offert[ae] special[ei]|promozion[ei]",
    r"korting(?:en|scode)?|aanbieding(?:en)?|tegoedbon(?:nen)?|waardebon(?:nen)?|gratis verzending",
    r"descontos?|cupom|cupons|cupão|cupões|promoç(?:ão|ões)|código promocional|frete grátis",
    r"rabat(?:u|em|y)?|zniżk[aięą]|zniżki|kupon(?:u|y)?|promocj[aięą]|kod rabatowy|darmowa dostawa",
    r"rabatt(?:kod|en)?|kupong(?:er)?|erbjudande(?:n)?|presentkort|fri frakt|värdecheck",
    r"-\d{1,2} ?%|(?:code|kod|código|codice|kode)[: ]+[a-z]{2,}\d{1,3}",
)
PROMOTION = re.compile(rf"(?<![\w-])(?:{'|'.join(WORDS)})(?!\w)", re.IGNORECASE)


def check_promotion(flight: Flight) -> Iterator[Finding]:
    """Nothing is offered in a letter, unless each country it goes to lets it, or everybody agreed to it."""
    if flight.has_consent:
        return
    strict = [code for code in flight.countries if country(code).needs_consent]
    if flight.countries and not strict:
        return
    law = country(strict[0]) if strict else STRICTEST
    for where, words in _written(flight):
        if offer := promotion_in(words):
            what = f"“{offer}” offers something, which makes a survey advertising; {law.law} wants consent for that."
            fix = f"Take it out, or say where letters go with --country, or that everybody consented. {law.url}"
            yield Finding("promotion", Severity.ERROR, where, what, fix)
    for question in flight.definition.survey.questions:
        offers = {offer for text in question.text.values() if (offer := promotion_in(text))}
        for offer in sorted(offers):
            what = f"“{offer}” in a question reads like an offer."
            fix = "Ask about what was bought, and offer nothing in a survey."
            yield Finding("promotion", Severity.WARNING, f"question {question.key}", what, fix)


def promotion_in(text: str) -> str:
    match = PROMOTION.search(text.replace("’", "'"))
    return match.group() if match else ""


def _written(flight: Flight) -> Iterator[tuple[str, str]]:
    """Return the words a letter's author chose: a shop called Discount Mugs offers nothing by its name."""
    said = [(line.where, line.text) for line in lines(flight.definition)]
    said += [(proof.where, proof.page.seen) for proof in flight.proofs]
    for where, words in said:
        yield where, EXPRESSION.sub(" ", words.replace(flight.shop.name or "\n", " "))
