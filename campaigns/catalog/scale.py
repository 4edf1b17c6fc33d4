"""The five ways to rate, from the worst score to the best; words for them are translated elsewhere."""

from dataclasses import dataclass
from enum import StrEnum


class ScaleName(StrEnum):
    STARS5 = "stars5"
    CSAT5 = "csat5"
    NPS11 = "nps11"
    CES7 = "ces7"
    THUMBS = "thumbs"


@dataclass(frozen=True, slots=True)
class Scale:
    name: ScaleName
    lowest: int
    highest: int
    satisfied_from: int  # scores from here on count as satisfied, promoting or easy

    @property
    def scores(self) -> range:
        return range(self.lowest, self.highest + 1)

    def holds(self, score: int) -> bool:
        return self.lowest <= score <= self.highest


SCALES: dict[ScaleName, Scale] = {
    ScaleName.STARS5: Scale(ScaleName.STARS5, 1, 5, 4),
    ScaleName.CSAT5: Scale(ScaleName.CSAT5, 1, 5, 4),  # top two boxes
    ScaleName.NPS11: Scale(ScaleName.NPS11, 0, 10, 9),
    ScaleName.CES7: Scale(ScaleName.CES7, 1, 7, 5),  # CES 2.0: agreement from 5 on
    ScaleName.THUMBS: Scale(ScaleName.THUMBS, 0, 1, 1),
}
