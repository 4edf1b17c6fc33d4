"""Mail servers with every ill, and senders that race each other."""

import time
from dataclasses import replace

from tests.drill.mischief import Mischief
from tests.drill.site import Site

ILL = Mischief(
    rcpt_later=0.1,
    goodbye=0.01,
    dot_later=0.05,
    drop_before_dot=0.04,
    drop_after_dot=0.03,
    drop_after_reply=0.05,
    slow=0.1,
    slow_seconds=0.3,
)
PHASES = (
    ILL,
    replace(ILL, pipelining=False),
    Mischief(most_connections=1),
    Mischief(down=True),
    Mischief(goodbye=0.05),
    Mischief(drop_after_dot=0.05, drop_before_dot=0.1),
)
LASTS = 2.0  # seconds


def server(site: Site, letters: int, times: int) -> None:
    """451, 421, hung up before the dot, after it and after the reply, slow, crowded, down."""
    site.events.reasons = frozenset({"expired"})
    site.seed(letters)
    for phase in PHASES:
        site.auditor.treat(replace(phase, pace=letters / len(PHASES) / LASTS))
        if site.senders:
            site.jump()
        else:
            site.start_senders()
        if phase.down or site.keep_leaving():
            time.sleep(LASTS)


def race(site: Site, letters: int, times: int) -> None:
    """Two heartbeats and four workers race for the same letters."""
    site.auditor.treat(Mischief(pace=letters / 3))
    site.seed(letters)
    site.start_senders(4)
    site.spawn("heartbeat 1")
    site.spawn("heartbeat 2")
    site.keep_leaving()
    while site.unfinished() and site.letters_leave(patience=8):
        time.sleep(0.2)
