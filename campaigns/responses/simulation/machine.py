"""A simulated scanner: asks, fetches, opens in a browser, or presses, as such machines were seen to."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from campaigns.responses.signs.reason import Level
from campaigns.responses.signs.trace import Visit
from campaigns.responses.simulation.letter import LINKS, READS, Letter, Link, opened, told
from campaigns.responses.simulation.world import Machines

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/{}.0.0.0 Safari/537.36"
PAIR = timedelta(milliseconds=134)


class Machine:
    """What stands before one mailbox."""

    def __init__(self, letter: Letter, machines: Machines) -> None:
        self._letter, self._machines, self._dice = letter, machines, letter.dice
        self._name = CHROME.format(self._dice.choice(machines.browsers))
        self._network = f"scanner {self._dice.randrange(machines.networks)}"

    def scan(self) -> None:
        """Do with the letter what this kind of machine does when it comes."""
        kinds = (self._ask, self._fetch, self._detonate, self._press)
        machines = self._machines
        shares = (machines.heads, machines.fetches, machines.detonates, machines.presses)
        self._dice.choices(kinds, shares)[0](self._moment())

    def follow(self, clicked_at: datetime) -> None:
        """Look at a link once more as its person clicks it: two requests, right before theirs."""
        click = next((each for each in self._letter.traces if each.at == clicked_at), None)
        if click is None or self._dice.random() >= self._machines.at_click:
            return
        for method, before in (("HEAD", 2 * PAIR), ("GET", PAIR)):
            visit = opened(self._name, self._network, speaks=False, method=method)
            self._letter.look(click.place, clicked_at - before, visit)

    def _moment(self) -> datetime:
        if self._dice.random() < self._machines.before_delivery:
            return self._letter.sent_at - timedelta(seconds=self._dice.uniform(0.2, 20))
        return self._letter.sent_at + timedelta(
            seconds=self._dice.uniform(self._machines.soonest, self._machines.latest)
        )

    def _ask(self, at: datetime) -> None:
        self._open(at, LINKS, opened(self._name, self._network, speaks=False, method="HEAD"))

    def _fetch(self, at: datetime) -> None:
        self._open(at, LINKS, opened(self._name, self._network, speaks=False))

    def _detonate(self, at: datetime) -> None:
        """Open some links, from one to all, in a browser that looks like one and lets the page's script run."""
        if self._dice.random() < self._machines.beside_browser:
            self._fetch(at)
        for link, when in self._open(at, self._some(), opened(self._name, self._network)):
            if link[1] is not None:
                self._letter.answer(link, link[1], when + READS, self._told(READS, Level.PROVISIONAL))

    def _press(self, at: datetime) -> None:
        """Press every control of every page: by a driven browser, by its own script, or without a browser at all."""
        way = self._dice.randrange(3)
        age = READS if way < 2 else timedelta(milliseconds=120)
        for link, when in self._open(at, LINKS, opened(self._name, self._network, speaks=way < 2)):
            if link[1] is None:
                continue
            seen = self._told(age, None)
            visit = Visit(
                method="POST",
                user_agent=self._name,
                network=self._network,
                page_age=age,
                is_webdriver=way == 0,
                by_hand=False if way == 1 else None,
                names_language=seen.names_language if way < 2 else False,
                names_fetch=seen.names_fetch if way < 2 else False,
            )
            self._letter.answer(link, link[1], when + age, visit)

    def _some(self) -> list[Link]:
        return self._dice.sample(LINKS, self._dice.randint(1, len(LINKS)))

    def _told(self, age: timedelta, level: Level | None) -> Visit:
        return told(self._name, self._network, age, level)

    def _open(self, at: datetime, links: Sequence[Link], visit: Visit) -> list[tuple[Link, datetime]]:
        """Look at links one after the other; returns when each was opened."""
        moments = [at + timedelta(seconds=self._dice.uniform(0, self._machines.spread)) for _ in links]
        for link, moment in zip(links, moments, strict=True):
            self._letter.look(link, moment, visit)
        return list(zip(links, moments, strict=True))
