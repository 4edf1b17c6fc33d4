"""A letter on the wire: headers nobody can inject into, each on lines a relay leaves as they are.

Written by hand, because Python's own policies either fold a long List-Unsubscribe into encoded
words, which mail programs then do not offer, or write encoded words longer than RFC 2047 allows.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, quote
from functools import lru_cache
from typing import NamedTuple

import idna

from campaigns.composition.encoded import WIDTH, encoded_words
from campaigns.composition.line import one_line
from campaigns.composition.quoted import quote as quoted_printable
from campaigns.errors import RenderingError

LONGEST_NAME = 64
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?")
VISIBLE = re.compile(r"[!-~][ -~]{0,900}")
MARK = "=_{}"  # of a boundary: no quoted-printable text can hold "=_"
PART = "\r\nContent-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"


class Person(NamedTuple):
    name: str
    address: str  # as `ascii_address` returns it


def frame(boundary: str) -> tuple[str, str, str]:
    """Return what stands before, between and after the two encoded texts of a letter, the plain one first."""
    mark = "--" + MARK.format(boundary)
    return mark + PART.format("plain"), f"\r\n{mark}{PART.format('html')}", f"\r\n{mark}--\r\n"


def body(text: Sequence[str], html: Sequence[str], boundary: str) -> bytes:
    """Return what follows a letter's headers; each text is in pieces, as `marks.pieces` returns them."""
    before, between, after = (part.encode("ascii") for part in frame(boundary))
    return before + quoted_printable(text) + between + quoted_printable(html) + after


def last_lines(boundary: str) -> str:
    """Return the headers that say what `body` is."""
    return f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{MARK.format(boundary)}"\r\n'


def ascii_address(address: str) -> str:
    """Return an address as every server takes it; raises RenderingError, which does not repeat it."""
    local, _, domain = address.strip().rpartition("@")
    try:
        domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise RenderingError("The domain of an address cannot be written in ASCII.") from None
    if not local.isascii():
        raise RenderingError("An address has letters before its @ that need SMTPUTF8; letters are sent without.")
    if len(local) > 64 or not ATOMS.fullmatch(local) or not DOMAIN.fullmatch(domain):
        raise RenderingError("An address is not one a letter can carry.")
    return f"{local}@{domain}"


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]


def mailbox(header: str, person: Person) -> str:
    """Return a header's value for one person, name and address."""
    name, address = one_line(person.name, LONGEST_NAME), person.address
    if not name:
        return address
    if name.isascii() and "=?" not in name:
        return f'"{quote(name)}" <{address}>'
    # An encoded name and its address on lines of their own stay below 78, however long either is.
    separator = "\r\n " if len(address) + len(name) > 20 else " "
    return f"{encoded_words(header, name)}{separator}<{address}>"


def words(header: str, text: str) -> str:
    """Return a header's value for free text, folded where it is long."""
    line = one_line(text, 400)
    room = WIDTH - len(header) - 2
    if line.isascii() and "=?" not in line:
        if len(line) <= room:
            return line
        if max(map(len, line.split())) < room:
            return _folded(line, room)
    return _encoded(header, line)


def plain(value: str) -> str:
    """Return a value we made ourselves, checked to be one line of ASCII: these are never folded."""
    if not VISIBLE.fullmatch(value):
        raise RenderingError("A header of a letter is not one line of plain characters.")
    return value


def date(moment: datetime) -> str:
    return _date(int(moment.timestamp()))


@lru_cache(maxsize=100)
def _date(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC))


@lru_cache(maxsize=1000)
def _encoded(header: str, line: str) -> str:
    return encoded_words(header, line)


def _folded(line: str, room: int) -> str:
    """Break a line at its spaces, each of which begins the next: unfolding leaves it as it was."""
    lines = [""]
    for word in line.split(" "):
        if len(lines[-1]) + 1 + len(word) > room:
            lines.append("")
            room = WIDTH - 1
        lines[-1] += f" {word}" if lines[-1] else word
    return "\r\n ".join(lines)
