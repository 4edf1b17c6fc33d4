"""Who asked is believed as far as our own proxies say it."""

import pytest

from campaigns.errors import SettingsError
from campaigns.networks import caller, is_among, is_public, network_of, read_networks, read_proxies

ANA, LIAR, PROXY = "93.184.216.34", "6.6.6.6", "10.0.0.1"


@pytest.mark.parametrize(
    ("said", "proxies", "who"),
    [
        ("", 0, PROXY),
        (LIAR, 0, PROXY),
        (ANA, 1, ANA),
        (f"{LIAR}, {ANA}", 1, ANA),
        (f"{LIAR}, {ANA}, 10.0.0.2", 2, ANA),
        ("", 1, PROXY),
        (ANA, 2, PROXY),
    ],
)
def test_only_what_our_own_proxies_added_is_believed(said: str, proxies: int, who: str) -> None:
    assert caller(PROXY, said, proxies) == who


def test_networks_are_told_apart_and_neighbours_are_not() -> None:
    assert network_of("93.184.216.34") == network_of("93.184.216.99") == network_of("::ffff:93.184.216.1")
    assert network_of("93.184.217.34") != network_of("93.184.216.34")
    assert network_of("2606:2800:220:1::1") == network_of("2606:2800:220:ffff::1") != network_of("2606:2800:221::1")
    assert network_of("nonsense") == ""
    assert [is_public(each) for each in (ANA, PROXY, "::1", "")] == [True, False, False, False]


def test_lists_are_read_and_a_mistake_is_named() -> None:
    networks = read_networks("DATA_CENTRES", "192.0.2.0/24, 2001:db8::/32")

    assert is_among("192.0.2.9", networks)
    assert is_among("2001:db8::9", networks)
    assert not is_among("192.0.3.9", networks)
    assert not is_among("nonsense", networks)
    for text in ("192.0.2.1/24", "example.com"):
        with pytest.raises(SettingsError, match="DATA_CENTRES"):
            read_networks("DATA_CENTRES", text)
    for text in ("-1", "10", "one"):
        with pytest.raises(SettingsError, match="PROXIES"):
            read_proxies("PROXIES", text)
