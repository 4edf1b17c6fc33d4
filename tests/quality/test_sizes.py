"""A letter is small: as bytes on the wire, signed twice, far below the 102 KB at which Gmail cuts."""

from collections import defaultdict
from statistics import median

import pytest

from tests.quality.conftest import Tell
from tests.quality.letters import every

pytestmark = pytest.mark.drill

MOST = 60_000  # bytes


def test_every_letter_is_small(tell: Tell) -> None:
    sizes: dict[str, dict[int, str]] = defaultdict(dict)
    for each in every():
        sizes[each.name][len(each.signed())] = str(each)

    rows = [f"{'':<28} {'smallest':>9} {'median':>9} {'largest':>9}"]
    for name, found in sizes.items():
        smallest, middle, largest = min(found), int(median(found)), max(found)
        rows.append(f"{name:<28} {smallest:>9,} {middle:>9,} {largest:>9,}  {found[largest]}")
    tell("Bytes on the wire, with both signatures", rows)
    assert [name for found in sizes.values() for size, name in found.items() if size >= MOST] == []
