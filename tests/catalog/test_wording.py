"""A question that pushes is named by its words; one that does not is left alone."""

import pytest

from campaigns.catalog.wording import MENDS, look_over
from campaigns.catalog.wording_habits import Flaw
from campaigns.composition.words import _SOURCES

PUSHES = [
    ("en", "Don't you agree that our delivery was fast?", Flaw.LEADING, "Don't you"),
    ("en", "Don’t you think this is easy?", Flaw.LEADING, "Don't you"),
    ("en", "How great was your order?", Flaw.LEADING, "How great"),
    ("en", "How rude was our staff?", Flaw.LEADING, "How rude"),
    ("en", "How much did you enjoy your meal?", Flaw.LEADING, "How much did you enjoy"),
    ("en", "The delivery was on time, wasn't it?", Flaw.LEADING, "wasn't it?"),
    ("en", "What did you love about your visit?", Flaw.LEADING, "What did you love"),
    ("en", "Was our staff fast and friendly?", Flaw.DOUBLE, "fast and friendly"),
    ("en", "How clean or comfortable was the room?", Flaw.DOUBLE, "clean or comfortable"),
    ("en", "How would you rate the price and the quality?", Flaw.DOUBLE, "price and the quality"),
    ("en", "How satisfied are you with our delivery & packaging?", Flaw.DOUBLE, "delivery & packaging"),
    ("en", "How was the food? Would you come back?", Flaw.DOUBLE, "How was the food? Would you come back?"),
    ("en", "Do our parcels always arrive on time?", Flaw.LOADED, "always"),
    ("en", "Would you never order from us again?", Flaw.LOADED, "never"),
    ("en", "How would you rate our amazing new shop?", Flaw.LOADED, "amazing"),
    ("en", "Would you like good service?", Flaw.OBVIOUS, "Would you like good"),
    ("en", "Do you want lower prices?", Flaw.OBVIOUS, "Do you want lower"),
    ("en", "Do you agree that we answered in time?", Flaw.OBVIOUS, "Do you agree"),
    ("en", "Are reliable parcels important to you?", Flaw.OBVIOUS, "Are reliable parcels important"),
    ("en", "Were you not dissatisfied with the delivery?", Flaw.NEGATED, "not, dissatisfied"),
    ("en", "Was nothing unclear to you?", Flaw.NEGATED, "nothing, unclear"),
    ("de", "Finden Sie nicht auch, dass es schnell ging?", Flaw.LEADING, "Finden Sie nicht auch"),
    ("de", "Wie großartig war Ihr Einkauf?", Flaw.LEADING, "Wie großartig"),
    ("de", "Die Lieferung war pünktlich, oder?", Flaw.LEADING, "oder?"),
    ("de", "War unser Team schnell und freundlich?", Flaw.DOUBLE, "schnell und freundlich"),
    ("de", "Wie bewerten Sie die Lieferung und die Verpackung?", Flaw.DOUBLE, "Lieferung und die Verpackung"),
    ("de", "Kommen unsere Pakete immer pünktlich?", Flaw.LOADED, "immer"),
    ("de", "Möchten Sie besseren Service?", Flaw.OBVIOUS, "Möchten Sie besseren"),
    ("de", "Stimmen Sie zu, dass wir schnell waren?", Flaw.OBVIOUS, "Stimmen Sie zu"),
    ("de", "Waren Sie nicht unzufrieden?", Flaw.NEGATED, "nicht, unzufrieden"),
    ("fr", "Ne trouvez-vous pas la livraison rapide ?", Flaw.LEADING, "Ne trouvez-vous pas"),
    ("fr", "Le personnel était-il rapide et aimable ?", Flaw.DOUBLE, "rapide et aimable"),
    ("fr", "Comment évaluez-vous le prix et la qualité ?", Flaw.DOUBLE, "prix et la qualité"),
    ("fr", "Êtes-vous toujours bien servi ?", Flaw.LOADED, "toujours"),
    ("fr", "Voulez-vous un meilleur service ?", Flaw.OBVIOUS, "Voulez-vous un meilleur"),
    ("fr", "N'étiez-vous pas mécontent ?", Flaw.NEGATED, "pas, mécontent"),
    ("es", "¿No cree que fue rápido?", Flaw.LEADING, "¿No cree"),
    ("es", "¿Fue el personal rápido y amable?", Flaw.DOUBLE, "rápido y amable"),
    ("es", "¿Cómo valora el precio y la calidad?", Flaw.DOUBLE, "precio y la calidad"),
    ("es", "¿Llegan siempre a tiempo nuestros envíos?", Flaw.LOADED, "siempre"),
    ("es", "¿Le gustaría un mejor servicio?", Flaw.OBVIOUS, "Le gustaría un mejor"),
    ("es", "¿Quedó usted no insatisfecho?", Flaw.NEGATED, "no, insatisfecho"),
    ("it", "Com'era il cibo? Tornerebbe?", Flaw.DOUBLE, "Com'era il cibo? Tornerebbe?"),
]
LEFT_ALONE = [
    ("en", "How would you rate the delivery?"),
    ("en", "How satisfied or dissatisfied are you with your order?"),
    ("en", "How easy or difficult was it to find what you needed?"),
    ("en", "Do you agree or disagree with this sentence?"),
    ("en", "“It was easy to order.” How much do you agree?"),
    ("en", "Which of these best describes your visit?"),
    ("en", "What went wrong?"),
    ("en", "What did not work?"),
    ("en", "What went right?"),
    ("en", "Anything you would like to tell us?"),
    ("en", "Were the terms and conditions clear?"),
    ("en", "Did it arrive too early or too late?"),
    ("en", "How was everything?"),
    ("en", "Where do you live and shop?"),
    ("de", "Wie bewerten Sie die Lieferung?"),
    ("de", "Was ging schief?"),
    ("de", "Möchten Sie uns noch etwas sagen?"),
    ("de", "Nutzen Sie den Artikel immer noch?"),
    ("de", "Wie einfach oder schwierig war die Bestellung?"),
    ("de", "Was hat Ihnen nicht gefallen?"),
    ("fr", "Comment évaluez-vous la livraison ?"),
    ("fr", "Que n'avez-vous pas aimé ?"),
    ("fr", "Êtes-vous d'accord ou pas d'accord ?"),
    ("es", "¿Cómo valora la entrega?"),
    ("es", "¿Qué no le gustó?"),
    ("es", "¿Qué le faltó?"),
    ("ar", "كيف كان طلبك؟"),
]


@pytest.mark.parametrize(("language", "question", "flaw", "words"), PUSHES)
def test_a_question_that_pushes_is_named_by_its_words(language: str, question: str, flaw: Flaw, words: str) -> None:
    found = {remark.flaw: remark for remark in look_over(question, language)}

    assert flaw in found
    assert found[flaw].words == words
    assert found[flaw].mend == MENDS[flaw]


@pytest.mark.parametrize(("language", "question"), LEFT_ALONE)
def test_a_neutral_question_is_left_alone(language: str, question: str) -> None:
    assert look_over(question, language) == ()


def test_a_regional_tag_is_read_as_its_language() -> None:
    assert look_over("Kommen unsere Pakete immer pünktlich?", "de-AT")
    assert look_over("Do our parcels always arrive?", "EN_gb")


def test_the_houses_own_ratings_pass() -> None:
    assert all(not look_over(source.question) for source in _SOURCES.values())
