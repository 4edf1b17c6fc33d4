"""SMTP_URL says which mail server to use and how its connection is secured; certificates are always verified."""

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit

from campaigns.errors import SettingsError

PORTS = {"smtps": 465, "smtp": 25}
SUBMISSION = 587  # where servers expect those who sign in
MISTAKE = (
    "SMTP_URL is smtp://user:password@host:587, smtps://…, or either with ?starttls=required, offered or never, "
    "and with a user also auth=plain, login or xoauth2."
)


class StartTls(StrEnum):
    REQUIRED = "required"
    OFFERED = "offered"  # used where the server offers it; a password still never goes out in the clear
    NEVER = "never"


class Auth(StrEnum):
    PLAIN = "plain"
    LOGIN = "login"
    XOAUTH2 = "xoauth2"  # the password is the token


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    host: str
    port: int
    is_tls: bool = False  # from the first byte on
    starttls: StartTls = StartTls.OFFERED
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    auth: Auth | None = None  # the way of signing in; None: one that the server offers

    @classmethod
    def from_url(cls, url: str) -> "Server":
        """Read an SMTP_URL; raises SettingsError, which does not repeat it."""
        try:
            return _read(url)
        except (ValueError, KeyError):
            raise SettingsError(MISTAKE) from None

    @property
    def needs_tls(self) -> bool:
        """Whether to say nothing at all where the server offers no encryption."""
        exposes = bool(self.user) and not self.is_near and self.starttls is not StartTls.NEVER
        return exposes or self.starttls is StartTls.REQUIRED

    @property
    def is_near(self) -> bool:
        """Whether this is our own machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def _read(url: str) -> Server:
    parts = urlsplit(url)
    options = parse_qs(parts.query, strict_parsing=bool(parts.query))
    starttls = StartTls(options.pop("starttls", [StartTls.OFFERED])[-1])
    auth = Auth(options.pop("auth")[-1]) if "auth" in options else None
    if options or not parts.hostname or (auth and not parts.username):
        raise ValueError
    default = SUBMISSION if parts.scheme == "smtp" and parts.username else PORTS[parts.scheme]
    return Server(
        host=parts.hostname,
        port=parts.port or default,
        is_tls=parts.scheme == "smtps",
        starttls=starttls,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        auth=auth,
    )
