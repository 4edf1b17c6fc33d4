"""Every reason there is can be said in a sentence."""

import pytest

from campaigns.reports.suspicions import in_words
from campaigns.responses.signs.reason import Reason, Suspicion


@pytest.mark.parametrize("code", Suspicion)
def test_every_reason_is_a_sentence_with_and_without_evidence(code: Suspicion) -> None:
    said = in_words(Reason(code, 3).as_json())

    assert said.endswith(".")
    assert said[0].isupper()
    assert "None" not in said


def test_evidence_is_named() -> None:
    assert "12 domains" in in_words({"code": "fanout", "weight": 2, "domains": 12})
    assert "7 seconds before" in in_words({"code": "pre_delivery", "seconds": 7})
    assert "Chrome 64" in in_words({"code": "hdr", "chrome": 64})
    assert "its language or what it fetched" in in_words({"code": "hdr", "missing": ["language", "fetch"]})
    assert "nobody touched" in in_words({"code": "webdriver", "no_hand": True})


def test_a_reason_of_another_version_is_admitted() -> None:
    assert "does not know" in in_words({"code": "astrology"})
