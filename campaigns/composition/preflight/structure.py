"""What Outlook alone reads is opened and closed again, for Outlook and for everybody else."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from campaigns.composition.preflight.finding import Finding, Flight, Severity

MARK = re.compile(
    r"(?P<others><!--\[if\s+![^\]]*\]>\s*<!--+\s*>|<!--\[if\s+![^\]]*\]><!-->)"
    r"|(?P<outlook><!--\[if[^\]]*\]>)|(?P<shown><!--\s*<!\[endif\]--+>)|(?P<end><!\[endif\]--+>)"
)
PAIRED = {"table", "tr", "td", "th", "tbody", "div", "a", "span", "p", "center"}
FIX = "Write <!--[if mso]> … <![endif]--> for Outlook alone, <!--[if !mso]><!--> … <!--<![endif]--> for all others."


def check_outlook(flight: Flight) -> Iterator[Finding]:
    """Conditional comments come in pairs, and what is in them closes what it opens."""
    for proof in flight.proofs:
        if complaint := complaint_about(proof.letter.html):
            yield Finding("outlook", Severity.ERROR, proof.where, complaint, FIX)


def complaint_about(html: str) -> str:
    """Return what is wrong with a mail's conditional comments, or nothing."""
    is_open = ""
    outlook, others, last = "", "", 0
    for mark in MARK.finditer(html):
        between, last = html[last : mark.start()], mark.end()
        outlook += between if is_open != "others" else ""
        others += between if is_open != "outlook" else ""
        kind = str(mark.lastgroup)
        if kind in {"outlook", "others"}:
            if is_open:
                return f"A conditional comment begins inside another: {mark.group()!r}."
            is_open = kind
        elif not is_open:
            return "A conditional comment is closed that was never opened."
        else:
            if (is_open, kind) == ("others", "end"):
                return "What all but Outlook are shown is closed by <![endif]--> instead of <!--<![endif]-->."
            is_open = ""
    if is_open:
        return "A conditional comment is never closed: whoever reads it is shown nothing after it."
    rest = html[last:]
    for reader, view in (("Outlook", outlook + rest), ("everybody but Outlook", others + rest)):
        if left := _unclosed(view):
            return f"For {reader}, <{left}> is not closed where it should be."
    return ""


def _unclosed(html: str) -> str:
    balance = _Balance()
    balance.feed(html)
    balance.close()
    return balance.complaint or next(iter(balance.open), "")


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.complaint = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in PAIRED:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in PAIRED or self.complaint:
            return
        if not self.open or self.open.pop() != tag:
            self.complaint = tag
