"""A bounce is read from its report (RFC 3464), or from its words where a server only wrote a letter."""

import re

from campaigns.delivery.inbound.classify import Verdict, classify
from campaigns.delivery.inbound.fields import Fields, address_in, addresses_in, blocks_in, words_of
from campaigns.delivery.inbound.finding import SORTS, Finding, Sort
from campaigns.delivery.inbound.parse import Parsed

SOURCE = "dsn"
MACHINES = re.compile(
    r"mailer-?daemon|postmaster|mail delivery (sub)?system|mail-?server|mail administrator", re.IGNORECASE
)
RETURNING = re.compile(
    r"undeliver|undelivered|returned mail|returning|returned to sender|delivery (status|failure|report"
    r"|notification|problem)"
    r"|delivery has failed|failure (notice|delivery)|mail(ing)? (delivery )?fail|not? delivered"
    r"|could not be delivered"
    r"|unzustellbar|nicht zugestellt|non remis|non distribu|no entregad|no se pudo entregar|mancata consegna"
    r"|onbestelbaar"
    r"|delayed mail|warning: (message|could not)",
    re.IGNORECASE,
)
WAITING = re.compile(
    r"delayed mail|warning only|still being retried|will be retried|delivery (is )?delayed", re.IGNORECASE
)
# Where a server quotes the letter it returns: what stands below is about something else.
BELOW = re.compile(
    r"^(received|return-path|content-type):|message text follows|^\W*original message\W*$|copy of the message",
    re.IGNORECASE | re.MULTILINE,
)
TRANSCRIPT = re.compile(r"transcript of session follows|the response (from the remote server )?was:", re.IGNORECASE)


def read_bounce(mail: Parsed) -> Finding | None:
    """Return what a bounce says; None where a mail is none."""
    subject = words_of(mail.head.first("subject"))
    is_machine = MACHINES.search(words_of(mail.head.first("from"))) or mail.head.first("return-path") == "<>"
    # A person may send on what a server wrote; that is no bounce.
    in_words = tuple(blocks_in(mail.text)) if is_machine and not mail.statuses else ()
    if (report := _report(mail.statuses or in_words)) is not None:
        return _reported(mail, report, mail.returned or _returned(in_words))
    if mail.report == "delivery-status" or (is_machine and RETURNING.search(subject)):
        return _written(mail, subject)
    return None


def _report(blocks: tuple[Fields, ...]) -> Fields | None:
    """Return the block about a recipient; of several, the first that failed."""
    reports = [block for block in blocks if ("action" in block or "status" in block) and address_in(_recipient(block))]
    return next((each for each in reports if each.first("action").lower() == "failed"), next(iter(reports), None))


def _recipient(block: Fields) -> str:
    """Return whom we wrote to, rather than where that mail was forwarded."""
    named = (block.first(name) for name in ("original-recipient", "final-recipient", "x-actual-recipient"))
    return next((each for each in named if "@" in each), "")


def _returned(blocks: tuple[Fields, ...]) -> Fields | None:
    return next((block for block in blocks[1:] if "message-id" in block and "to" in block), None)


def _reported(mail: Parsed, report: Fields, returned: Fields | None) -> Finding:
    status, said = report.first("status"), report.first("diagnostic-code")
    action = report.first("action") or ("delayed" if status.startswith("4") else "failed")
    verdict = classify(action, status, said or _said(mail))
    return _finding(verdict, _as_written(address_in(_recipient(report)), returned))


def _written(mail: Parsed, subject: str) -> Finding:
    words = BELOW.split(mail.text, maxsplit=1)[0]
    action = "delayed" if WAITING.search(subject) or WAITING.search(words) else "failed"
    return _finding(classify(action, "", words), _first_stranger(mail, words))


def _finding(verdict: Verdict, address: str) -> Finding:
    sort = SORTS[verdict.news] if verdict.news else Sort.OTHER
    return Finding(
        sort=sort, source=SOURCE, address=address, kind=verdict.kind, code=verdict.code, status=verdict.status
    )


def _said(mail: Parsed) -> str:
    """Return what the mail tells a person, for a report that quotes no server."""
    words = BELOW.split(mail.text, maxsplit=1)[0]
    return TRANSCRIPT.split(words, maxsplit=1)[-1]


def _as_written(address: str, returned: Fields | None) -> str:
    """Return the address as our letter had it: hosts within a domain put their own name into reports."""
    ours = address_in(returned.first("to")) if returned else ""
    local, _, host = address.partition("@")
    return ours if ours and ours.partition("@")[0] == local and host.endswith(f".{ours.partition('@')[2]}") else address


def _first_stranger(mail: Parsed, words: str) -> str:
    """Return the first address a server's letter names that is neither its writer's nor its reader's."""
    if failed := address_in(mail.head.first("x-failed-recipients")):
        return failed
    known = {address_in(value) for value in mail.head.all("from", "to", "return-path", "delivered-to", "x-original-to")}
    named = addresses_in(f"{words}\n{words_of(mail.head.first('subject'))}")
    return next((address for address in named if address not in known), "")
