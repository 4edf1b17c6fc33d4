"""A rate is read the way people write it, and a wrong one is repeated in the complaint."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import SettingsError
from campaigns.rates import read_count, read_rate, read_rates


@pytest.mark.parametrize(
    ("text", "rate"),
    [("14", 14), ("14/s", 14), ("600/m", 10), ("0.5 / s", 0.5), ("7200/h", 2), ("86400/d", 1), ("", None)],
)
def test_a_rate_is_letters_per_second(text: str, rate: float | None) -> None:
    assert read_rate("SMTP_PACE", text) == rate


@pytest.mark.parametrize("text", ["0", "0/s", "-1/s", "fast", "14/w", "nan", "inf", "1e3/s", "14/s/s", "٣/s"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^SMTP_PACE is .*like 14/s or 5000/d\.$"):
        read_rate("SMTP_PACE", text)


@given(count=st.integers(1, 10**9 - 1), unit=st.sampled_from("smhd"))
def test_every_rate_is_more_than_nothing(count: int, unit: str) -> None:
    rate = read_rate("X", f"{count}/{unit}")

    assert rate is not None
    assert 0 < rate <= count


def test_domains_have_rates() -> None:
    assert read_rates("DOMAIN_PACE", "Gmail.com=20/s, outlook.com = 600/m,") == {"gmail.com": 20, "outlook.com": 10}
    assert read_rates("DOMAIN_PACE", "") == {}


@pytest.mark.parametrize("text", ["gmail.com", "gmail.com=", "gmail=3/s", "=3/s", "a@gmail.com=3/s", "gmail.com=0/s"])
def test_a_domain_without_a_rate_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="DOMAIN_PACE says"):
        read_rates("DOMAIN_PACE", f"outlook.com=1/s,{text}")


def test_a_domain_is_named_once() -> None:
    with pytest.raises(SettingsError, match=r"DOMAIN_PACE names gmail\.com twice"):
        read_rates("DOMAIN_PACE", "gmail.com=20/s, GMAIL.com=30/s")


@pytest.mark.parametrize("text", ["0", "-1", "four", "1001", "", "²"])
def test_a_count_is_a_small_number(text: str) -> None:
    assert read_count("SMTP_CONNECTIONS", "12") == 12
    with pytest.raises(SettingsError, match="SMTP_CONNECTIONS is"):
        read_count("SMTP_CONNECTIONS", text)
