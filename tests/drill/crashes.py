"""Workers that die, freeze, or take their whole machine with them."""

import os
import shutil
import signal
import time

from tests.drill.judge import MOST_CONNECTIONS
from tests.drill.mischief import Mischief
from tests.drill.site import LONGER_THAN_A_LEASE, Site


def kills(site: Site, letters: int, times: int) -> None:
    """Workers are killed at random instants while letters leave, and started again at once."""
    site.auditor.treat(Mischief(pace=letters / (times * 0.5)))
    site.seed(letters)
    site.start_senders()
    while len(site.events.kills) < times and site.unfinished():
        if site.dice.random() < 0.8 and not site.keep_leaving():  # else: while it starts, recovers, claims
            break
        time.sleep(site.dice.uniform(0, 0.6))
        victim = site.dice.choice(site.senders)
        site.kill(victim)
        site.spawn(victim)


def machine(site: Site, letters: int, times: int) -> None:
    """A host dies for good, its journals with it; another goes on."""
    site.auditor.treat(Mischief(pace=letters / 6))
    site.seed(letters)
    home = site.instance
    for turn in range(2):
        site.host = home / f"host {turn}"
        site.start_senders()
        if not site.keep_leaving():
            break
        time.sleep(site.dice.uniform(0.2, 1.0))
        site.kill(*site.senders)
        site.events.more_doubt += site.sending()  # nobody is left who knows
        shutil.rmtree(site.host / "journals", ignore_errors=True)
        site.later += LONGER_THAN_A_LEASE
    site.host = home / "host 2"


def freezes(site: Site, letters: int, times: int) -> None:
    """A worker freezes for longer than its lease, others take over, and then it thaws."""
    site.auditor.treat(Mischief(pace=letters / 12, slow=0.3, slow_seconds=0.2))
    site.seed(letters)
    site.start_senders()
    for _ in range(3):
        if not site.keep_leaving():
            break
        time.sleep(site.dice.uniform(0, 0.4))
        _freeze_one(site)


def _freeze_one(site: Site) -> None:
    frozen = site.dice.choice(site.senders)
    process = site.processes.pop(frozen)
    os.kill(process.pid, signal.SIGSTOP)
    site.events.more_doubt += MOST_CONNECTIONS
    if not site.senders:
        site.spawn(f"delivery spare {frozen}")
    site.jump()
    if not site.letters_leave(5, patience=5):
        site.events.notes.append("nobody else sent while one was frozen")
    os.kill(process.pid, signal.SIGCONT)
    time.sleep(site.dice.uniform(0.5, 1.5))
    site.processes[frozen] = process
    site.retire(frozen)
    site.spawn(frozen)
