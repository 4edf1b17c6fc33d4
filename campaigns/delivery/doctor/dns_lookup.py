"""The DNS is asked here and nowhere else; that a name has nothing is an answer, that nobody answers is none."""

from collections.abc import Callable

from dns.exception import DNSException
from dns.name import EmptyLabel, LabelTooLong
from dns.resolver import NXDOMAIN, NoAnswer, Resolver
from dns.reversename import from_address

PATIENCE = 4.0  # seconds for one question, over all servers
ENOUGH = 2  # unanswered questions in a row, after which nobody is asked any more
Answer = tuple[str, ...] | None  # None: nobody could be asked


class Dns:
    """Asks the machine's own resolvers, or one at HOST:PORT; remembers every answer."""

    def __init__(self, server: tuple[str, int] | None = None) -> None:
        try:
            self._resolver: Resolver | None = Resolver(configure=server is None)
        except DNSException:  # a machine without resolv.conf
            self._resolver = None
        if self._resolver is not None and server is not None:
            self._resolver.nameservers, self._resolver.port = [server[0]], server[1]
        self._answers: dict[tuple[str, str], Answer] = {}
        self._unanswered = 0

    def txt(self, name: str) -> Answer:
        return self._ask(name, "TXT", lambda data: b"".join(data.strings).decode("utf-8", "replace"))

    def addresses(self, name: str) -> Answer:
        four, six = self._ask(name, "A", str), self._ask(name, "AAAA", str)
        return None if four is None and six is None else (four or ()) + (six or ())

    def mail_hosts(self, name: str) -> Answer:
        return self._ask(name, "MX", lambda data: str(data.exchange))

    def name_of(self, address: str) -> Answer:
        return self._ask(str(from_address(address)), "PTR", str)

    def _ask(self, name: str, kind: str, read: Callable[..., str]) -> Answer:
        key = (name.lower().rstrip("."), kind)
        if key not in self._answers:
            self._answers[key] = self._asked(name, kind, read)
        return self._answers[key]

    def _asked(self, name: str, kind: str, read: Callable[..., str]) -> Answer:
        if self._resolver is None or self._unanswered >= ENOUGH:
            return None
        try:
            found = self._resolver.resolve(name, kind, lifetime=PATIENCE, search=False)
        except (NXDOMAIN, NoAnswer, EmptyLabel, LabelTooLong):
            self._unanswered = 0
            return ()
        except DNSException:
            self._unanswered += 1
            return None
        self._unanswered = 0
        return tuple(read(data).rstrip(".") if kind != "TXT" else read(data) for data in found)
