"""The table of mail programs says what caniemail's own data says, where a copy of that is at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from campaigns.composition.preflight.clients import AUDIENCE, FAMILIES, FEATURES, Feature

CLIENTS = {
    "apple": ("apple-mail",),
    "gmail": ("gmail",),
    "outlook_windows": ("outlook/windows",),
    "outlook": ("outlook/macos", "outlook/outlook-com", "outlook/ios", "outlook/android"),
    "yahoo": ("yahoo",),
    "gmx": ("gmx",),
    "samsung": ("samsung-email",),
    "thunderbird": ("thunderbird",),
}


@pytest.fixture(scope="module")
def caniemail() -> dict[str, Any]:
    for folder in Path(__file__).resolve().parents:
        path = folder / "shared" / "samples" / "caniemail_subset.json"
        if path.exists():
            found: dict[str, Any] = json.loads(path.read_text())
            return found
    pytest.skip("no copy of caniemail's data is beside this repository")


def stated(data: dict[str, Any], family: str) -> set[str]:
    """Return what the programs of a family do: y, a, n."""
    said: set[str] = set()
    for client in CLIENTS[family]:
        name, _, platform = client.partition("/")
        stats = data["stats"].get(name, {})
        said |= {word[0] for each, word in stats.items() if platform in {"", each} and word[0] in "yan"}
    return said


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.page)
def test_a_feature_is_summed_up_as_caniemail_has_it(caniemail: dict[str, Any], feature: Feature) -> None:
    for family, support in zip(FAMILIES, feature.support, strict=True):
        said = stated(caniemail[feature.page], family)
        whole = said.pop() if len(said) == 1 else "a"
        assert support == whole, f"{feature.page}: {family} is {support}, and {whole} by caniemail"


def test_an_audience_is_a_whole() -> None:
    assert set(AUDIENCE) == set(FAMILIES)
    assert sum(AUDIENCE.values()) == pytest.approx(1)
    assert len(FEATURES) >= 20


def test_a_share_is_of_those_who_were_named() -> None:
    half = Feature("x", "yannyyyy", "x", "")

    assert half.share({"apple": 1, "gmail": 1}) == 0.75
    assert half.share({"apple": 30, "outlook": 10}) == 0.75
    assert half.share({}) == 0
