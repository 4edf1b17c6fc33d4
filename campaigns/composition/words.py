"""The words of the five scales: every question is balanced, both ends are named, none leads."""

from dataclasses import dataclass

from campaigns.catalog.scale import SCALES, ScaleName
from campaigns.languages import Language


def N_(message: str) -> str:  # noqa: N802 - the name message extraction looks for
    """Mark a message for the catalogues; it is translated where it is used."""
    return message


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    question: str
    low: str
    high: str
    marks: str = ""  # one sign for each score, or one for all
    words: tuple[str, ...] = ()  # one for each score, where a number alone would not do


_SOURCES = {
    ScaleName.STARS5: _Source(
        question=N_("How was your order from %(merchant)s?"), low=N_("Very bad"), high=N_("Very good"), marks="★"
    ),
    ScaleName.CSAT5: _Source(
        question=N_("Overall, how was your experience with %(merchant)s?"),
        low=N_("Very bad"),
        high=N_("Very good"),
        marks="😞🙁😐🙂😀",
        words=(N_("Very bad"), N_("Bad"), N_("Okay"), N_("Good"), N_("Very good")),
    ),
    ScaleName.NPS11: _Source(
        question=N_("How likely are you to recommend %(merchant)s to a friend?"),
        low=N_("Not at all likely"),
        high=N_("Extremely likely"),
    ),
    ScaleName.CES7: _Source(
        question=N_("“%(merchant)s made it easy for me to place and receive my order.” How much do you agree?"),
        low=N_("Strongly disagree"),
        high=N_("Strongly agree"),
    ),
    ScaleName.THUMBS: _Source(
        question=N_("How was your order from %(merchant)s?"),
        low=N_("Not good"),
        high=N_("Good"),
        marks="👎👍",
        words=(N_("Not good"), N_("Good")),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingWords:
    """A scale in one language; scores run from the lowest, in the direction of the script."""

    question: str
    low: str
    high: str
    has_words: bool  # whether every score carries a word of its own, so that the ends need none
    lowest: int
    marks: tuple[str, ...]
    words: tuple[str, ...]
    titles: tuple[str, ...]

    def mark(self, score: int) -> str:
        """Return the sign of a score ("★", "🙂"), or nothing."""
        return self.marks[score - self.lowest]

    def word(self, score: int) -> str:
        """Return what stands beside the sign: the number, or a word."""
        return self.words[score - self.lowest]

    def label(self, score: int) -> str:
        """Return a score as it is shown where there is one line for it ("4", "🙂 Good")."""
        return f"{self.mark(score)} {self.word(score)}" if self.has_words else self.word(score)

    def title(self, score: int) -> str:
        """Return a score said in full ("4 of 5")."""
        return self.titles[score - self.lowest]


def rating_words(language: Language, scale: ScaleName, merchant_name: object) -> RatingWords:
    """Return a scale's words, its question naming the merchant."""
    source, scores = _SOURCES[scale], SCALES[scale].scores
    words = tuple(language.gettext(word) for word in source.words)
    titles = tuple(language.gettext("%(score)s of %(highest)s", score=each, highest=scores[-1]) for each in scores)
    return RatingWords(
        question=language.gettext(source.question, merchant=merchant_name),
        low=language.gettext(source.low),
        high=language.gettext(source.high),
        has_words=bool(words),
        lowest=scores[0],
        marks=tuple(source.marks) if words else (source.marks,) * len(scores),
        words=words or tuple(str(score) for score in scores),
        titles=words if scale is ScaleName.THUMBS else titles,
    )
