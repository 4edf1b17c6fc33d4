"""A letter on the wire: headers nobody can inject into, each on lines a relay leaves as they are.

Written by hand, because Python's own policies either fold a long List-Unsubscribe into encoded
words, which mail programs then do not offer, or write encoded words longer than RFC 2047 allows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, quote

import idna

from campaigns.composition import quoted
from campaigns.composition.line import one_line
from campaigns.errors import RenderingError

WIDTH = 76
LONGEST_NAME = 64
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?")
VISIBLE = re.compile(r"[!-~][ -~]{0,900}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str
    address: str  # as `ascii_address` returns it


def message(headers: Sequence[tuple[str, str]], text: str, html: str, boundary: str) -> bytes:
    """Return a whole message of two parts; header values are as the functions below made them."""
    mark = f"=_{boundary}"  # no quoted-printable text can hold "=_"
    head = [*headers, ("MIME-Version", "1.0"), ("Content-Type", f'multipart/alternative; boundary="{mark}"')]
    lines = "".join(f"{name}: {value}\r\n" for name, value in head).encode("ascii")
    parts = b"".join(_part(mark, kind, body) for kind, body in (("plain", text), ("html", html)))
    return lines + b"\r\n" + parts + f"--{mark}--\r\n".encode("ascii")


def _part(mark: str, kind: str, body: str) -> bytes:
    head = (
        f"--{mark}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode("ascii") + quoted.quote(body) + b"\r\n"


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
    name = one_line(person.name, LONGEST_NAME)
    if not name:
        return person.address
    if name.isascii() and "=?" not in name:
        return f'"{quote(name)}" <{person.address}>'
    # An encoded name and its address on lines of their own stay below 78, however long either is.
    separator = "\r\n " if len(person.address) + len(name) > 20 else " "
    return f"{_encoded(header, name)}{separator}<{person.address}>"


def words(header: str, text: str) -> str:
    """Return a header's value for free text, folded where it is long."""
    line = one_line(text, 400)
    if line.isascii() and "=?" not in line and max(map(len, line.split()), default=0) < WIDTH - len(header) - 2:
        return "\r\n".join(Header(line, "us-ascii", maxlinelen=WIDTH, header_name=header).encode().split("\n"))
    return _encoded(header, line)


def plain(value: str) -> str:
    """Return a value we made ourselves, checked to be one line of ASCII: these are never folded."""
    if not VISIBLE.fullmatch(value):
        raise RenderingError("A header of a letter is not one line of plain characters.")
    return value


def date(moment: datetime) -> str:
    return format_datetime(moment)


def _encoded(header: str, text: str) -> str:
    return Header(text, "utf-8", maxlinelen=WIDTH, header_name=header).encode(linesep="\r\n")
