"""A simulated person: mostly does nothing; sometimes clicks a star, and then looks, touches, presses or leaves."""

import math
from datetime import datetime, timedelta

from campaigns.responses.signs.browser import newest_chrome
from campaigns.responses.signs.reason import Level
from campaigns.responses.simulation.letter import RATE, READS, SCORES, SURVEY, Letter, opened, told
from campaigns.responses.simulation.world import People

OPINIONS = (1, 1, 2, 5, 12)  # how often each score is meant, of 21
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"
CHROME = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/{}.0.0.0 Mobile Safari/537.36"
A_YEAR_OF_CHROME = 13  # versions
OPEN_FOR = 21 * 86_400.0  # seconds until the survey closes


class Person:
    """Whom one letter is for."""

    def __init__(self, letter: Letter, people: People) -> None:
        self._letter, self._people, self._dice = letter, people, letter.dice
        at_carrier = self._dice.random() < people.on_carrier
        self._network = f"carrier {self._dice.randrange(people.carriers)}" if at_carrier else f"home {letter.number}"

    def live(self) -> datetime | None:
        """Do what this person does with the letter; returns when they clicked, None where they never do."""
        letter, dice, people = self._letter, self._dice, self._people
        if dice.random() >= people.answer:
            return None
        delay = dice.lognormvariate(math.log(people.median_delay), people.delay_spread)
        if delay > OPEN_FOR:
            return None
        at = letter.sent_at + timedelta(seconds=max(3.0, delay))
        letter.said = dice.choices(SCORES, OPINIONS)[0]
        if dice.random() < people.second_thought:
            at = self._click(dice.choice([each for each in SCORES if each != letter.said]), at, self._name(at))
            at += timedelta(seconds=dice.uniform(5, 50))
        end = self._click(letter.said, at, self._name(at))
        if dice.random() < people.answers_again:
            self._return(end + timedelta(days=dice.uniform(0.2, 5)))
        return at

    def _name(self, at: datetime) -> str:
        if self._dice.random() < 0.5:
            return PHONE
        old = A_YEAR_OF_CHROME if self._dice.random() < self._people.old_browser else self._dice.randrange(2)
        return CHROME.format(newest_chrome(at) - old)

    def _click(self, score: int, at: datetime, name: str) -> datetime:
        letter, dice, people = self._letter, self._dice, self._people
        link = (RATE, score)
        letter.look(link, at, opened(name, self._network))
        if dice.random() < people.leaves_at_once:
            return at + timedelta(seconds=1)
        if dice.random() < people.no_script:
            return self._press(score, at + timedelta(seconds=dice.uniform(2, 40)), at, name)
        if dice.random() < people.only_looks:
            letter.answer(link, score, at + READS, told(name, self._network, READS, Level.PROVISIONAL))
            return at + READS
        return self._touch(score, at, name)

    def _touch(self, score: int, at: datetime, name: str) -> datetime:
        """Scroll, tap or type: before the page told by itself or after, and often the button as well."""
        letter, dice = self._letter, self._dice
        touched = timedelta(seconds=dice.uniform(0.4, 12))
        if touched > READS:
            letter.answer((RATE, score), score, at + READS, told(name, self._network, READS, Level.PROVISIONAL))
        age = max(READS, touched + timedelta(seconds=1))
        letter.answer((RATE, score), score, at + age, told(name, self._network, age, Level.CONFIRMED))
        letter.is_confirmed = score == letter.said
        if dice.random() < 0.6:
            return self._press(score, at + age + timedelta(seconds=dice.uniform(1, 90)), at, name)
        return at + age

    def _press(self, score: int, at: datetime, opened_at: datetime, name: str) -> datetime:
        letter = self._letter
        letter.answer((SURVEY, None), score, at, told(name, self._network, at - opened_at, None))
        letter.is_confirmed = score == letter.said
        return at

    def _return(self, at: datetime) -> None:
        """Come back another day, look again, and say it with the button."""
        name = self._name(at)
        self._letter.look((SURVEY, None), at, opened(name, self._network))
        score = self._letter.said or SCORES[-1]
        self._press(score, at + timedelta(seconds=8), at, name)
