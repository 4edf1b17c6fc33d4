"""Reads a campaign file into a definition; every error names the key, what was found, what is allowed."""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import time, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from campaigns.catalog.bank.expand import expand
from campaigns.catalog.definition import OWN_TEMPLATE, Definition, Hours, Trigger, Trust
from campaigns.catalog.question_file import read_questions
from campaigns.catalog.scale import SCALES, ScaleName
from campaigns.catalog.survey import Survey, Texts
from campaigns.catalog.thanks_file import read_offer
from campaigns.catalog.variant_file import read_line, read_variants
from campaigns.clock import parse_duration
from campaigns.errors import InvalidCampaign

TEMPLATES = ("classic", "compact", "plain-personal", "product-card")
KEYS = {"name", "trigger", "delay", "hours", "reminder_after", "closes_after", "cooldown", "scale"}
KEYS |= {"template", "holdout", "subject", "preheader", "variant", "question", "thanks"}
KEYS |= {"trust"}
DEFAULTS: dict[str, Any] = {
    "trigger": Trigger.FULFILLED,
    "delay": "P3D",
    "hours": {"from": "09:00", "to": "21:00"},
    "closes_after": "P21D",
    "cooldown": "P30D",
    "scale": ScaleName.STARS5,
    "template": "classic",
    "holdout": 0,
    "subject": {},
    "preheader": {},
    "variant": [],
    "question": [],
    "trust": Trust.BALANCED,
}
LONGEST_WAIT = timedelta(days=366)
Word = TypeVar("Word", bound=StrEnum)


def parse_campaign(text: str, where: str = "campaign file") -> Definition:
    """Read TOML; raises InvalidCampaign, whose message starts with `where`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidCampaign(f"{where}: this is not TOML: {error}.") from None
    return read_definition(expand(data, _Reader(data, where).error), where)


def read_definition(data: Mapping[str, Any], where: str = "stored campaign") -> Definition:
    """Read a campaign from a mapping shaped like the file; raises InvalidCampaign."""
    return _Reader(data, where).definition()


class _Reader:
    def __init__(self, data: Mapping[str, Any], where: str) -> None:
        self._where = where
        self._source = data
        self._data = {**DEFAULTS, **data}

    def definition(self) -> Definition:
        for key in self._source:
            if key not in KEYS:
                raise self.error(key, "is not a key of a campaign", f"the keys are {', '.join(sorted(KEYS))}")
        scale = SCALES[self._one_of("scale", ScaleName)]
        delay, closes = self._duration("delay"), self._duration("closes_after")
        reminder = self._duration("reminder_after") if "reminder_after" in self._source else None
        if reminder is not None and reminder >= closes:
            raise self.error("reminder_after", "is not before closes_after", "remind while the survey is open")
        return Definition(
            name=self._name(),
            trigger=self._one_of("trigger", Trigger),
            delay=delay,
            hours=self._hours(),
            reminder_after=reminder,
            closes_after=closes,
            cooldown=self._duration("cooldown"),
            template=self._template(),
            holdout=self._holdout(),
            subject=self._line("subject"),
            preheader=self._line("preheader"),
            variants=read_variants(self._data["variant"], self._line, self.error),
            trust=self._one_of("trust", Trust),
            survey=Survey(scale, read_questions(self._data["question"], self.error)),
            source=json.loads(json.dumps(self._source, default=str)),  # a day is kept as its text
            thanks=read_offer(self._data.get("thanks"), self.error),
        )

    def error(self, key: str, found: str, allowed: str) -> InvalidCampaign:
        return InvalidCampaign(f"{self._where}: {key} {found}; {allowed}.")

    def _name(self) -> str:
        name = self._data.get("name")
        if not isinstance(name, str) or not name.strip() or len(name) > 200 or "\n" in name:
            raise self.error("name", f"is {name!r}", "it is one line of at most 200 characters")
        return name.strip()

    def _one_of(self, key: str, kind: type[Word]) -> Word:
        value = self._data[key]
        try:
            return kind(value)
        except ValueError:
            raise self.error(key, f"is {value!r}", f"it is one of {', '.join(kind)}") from None

    def _template(self) -> str:
        name = self._data["template"]
        if name not in TEMPLATES and not (isinstance(name, str) and OWN_TEMPLATE.fullmatch(name)):
            raise self.error("template", f"is {name!r}", f"it is one of {', '.join(TEMPLATES)}, or own/NAME")
        return str(name)

    def _duration(self, key: str) -> timedelta:
        value = self._data[key]
        try:
            duration = parse_duration(value)
        except ValueError as error:
            raise self.error(key, f"is {error}", 'it is a duration like "P3D" or "PT12H"') from None
        if duration > LONGEST_WAIT:
            raise self.error(key, f"is {value!r}", "nothing waits longer than a year")
        return duration

    def _hours(self) -> Hours:
        value = self._data["hours"]
        if not isinstance(value, dict) or set(value) != {"from", "to"}:
            raise self.error("hours", f"is {value!r}", 'it is { from = "09:00", to = "21:00" }')
        # The day has a minute after 23:59, and 24:00 is how its end is said.
        until = time.max if value["to"] == "24:00" else self._time("hours.to", value["to"])
        hours = Hours(self._time("hours.from", value["from"]), until)
        if hours.start >= hours.until:
            raise self.error("hours", "ends before it begins", "both are of one day, like 09:00 to 21:00")
        return hours

    def _time(self, key: str, value: object) -> time:
        if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            return time.fromisoformat(value)
        raise self.error(key, f"is {value!r}", 'it is a time of day like "09:00"')

    def _holdout(self) -> float:
        value = self._data["holdout"]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 0.5:
            raise self.error("holdout", f"is {value!r}", "it is a share from 0 to 0.5")
        return float(value)

    def _line(self, key: str) -> Texts:
        return read_line(self._data[key], key, self.error)
