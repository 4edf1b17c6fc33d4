"""What a person wrote back: their own words without what they quote, and the score where they begin with one."""

import re

from campaigns.delivery.inbound.fields import address_in, words_of
from campaigns.delivery.inbound.parse import Parsed

LONGEST = 10_000  # characters of somebody's words
QUOTED = re.compile(
    r"^\s*(>|-{2,} ?(original|forwarded|ursprüngliche|message d'origine|mensaje original|messaggio originale)"
    r"|_{8,}|-- ?$"
    r"|(on|am|le|el|il|op|den|em|w dniu|dnia)\b.{5,300}(wrote|schrieb|écrit|escribió|scritto|schreef|skrev"
    r"|escreveu|napisał).{0,20}:\s*$"
    r"|(from|von|de|da|van|från|fra|od|от|发件人|差出人) ?[:：] ?\S[^@]{0,200}@)",
    re.IGNORECASE,
)
STARS = re.compile(r"[\s*_]*((?:[★⭐🌟]\ufe0f?\s?){1,10})[☆\s]*(?![★⭐🌟\w])")
THUMBS = {"👍": 1, "👎": 0}
SCORE = re.compile(
    r"[\s*_\"'“„«(]*(?P<score>\d{1,2})(?!\d)\s*"
    r"(?:(?:/|von|of|out of|sur|de|su|van|av|из|z|／)\s*(?P<highest>\d{1,2})(?!\d)\s*)?"
    r"(?P<stars>(?:stars?|sterne?n?|étoiles?|estrellas?|stelle|stella|sterren|ster|stjärn\w*|stjerner?|gwiazd\w*"
    r"|estrelas?|звезд\w*"
    r"|points?|punkte?|puntos|punti|[★⭐🌟]\ufe0f?)(?!\w))?[*_\"'”“»)]*\s*(?P<rest>.*)",
    re.IGNORECASE,
)
# After a bare number: the end, or a pause. "2 mugs were broken" and "5:30" are no scores.
PAUSE = re.compile(r"$|[!;–—-](?!\d)|[.,:)](?!\d)|\.{2,}|[\U0001F300-\U0001FAFF☀-➿]")
STOPS = re.compile(
    r"\W*(please )?(unsubscribe( me)?|stop|opt[ -]?out|remove me|abmelden|abbestellen|désabonne[rz]?"
    r"|desinscri\w+|désinscri\w+"
    r"|darme de baja|baja|cancelar suscripción|disiscriv\w+|cancellami|uitschrijven|afmelden|wypisz|отписаться"
    r"|退订|配信停止|수신거부)"
    r"(,? please|,? bitte)?\W*",
    re.IGNORECASE,
)


def sender_of(mail: Parsed) -> str:
    """Return the address of who wrote; the last thing in angle brackets, which a name in front cannot fake."""
    line = mail.head.first("from")
    return address_in(line.rpartition("<")[2]) or address_in(line)


def own_words(text: str) -> str:
    """Return what somebody wrote above, or between, what they quote."""
    lines: list[str] = []
    for line in text[: LONGEST * 4].splitlines():
        if not line.lstrip().startswith(">"):
            if QUOTED.match(line):
                break
            lines.append(line.rstrip())
    return "\n".join(lines).strip()[:LONGEST]


def asks_to_stop(mail: Parsed) -> bool:
    """Whether all that somebody wrote is to be written to no more."""
    first_line = own_words(mail.text).partition("\n")[0]
    return any(len(each) < 60 and STOPS.fullmatch(each) for each in (words_of(mail.head.first("subject")), first_line))


def score_in(words: str, lowest: int, highest: int) -> int | None:
    """Return the score that a reply begins with; None where it begins with none on this scale."""
    line = words.strip().partition("\n")[0][:200]
    if (lowest, highest) == (0, 1) and line[:1] in THUMBS:
        return THUMBS[line[0]]
    if (stars := STARS.match(line)) and lowest == 1:
        score = sum(character in "★⭐🌟" for character in stars[1])
    elif found := SCORE.match(line):
        if not _is_score(found, highest):
            return None
        score = int(found["score"])
    else:
        return None
    return score if lowest <= score <= highest else None


def _is_score(found: re.Match[str], highest: int) -> bool:
    """Whether a number is meant as a score, and of this scale."""
    if found["highest"]:
        return int(found["highest"]) == highest
    return bool(found["stars"]) or PAUSE.match(found["rest"]) is not None
