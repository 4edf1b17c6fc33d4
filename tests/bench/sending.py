"""Letters a second and CPU seconds a thousand, beside others in the same rounds."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from campaigns import clock
from tests.bench.figures import cpu, rates, ratio, table
from tests.bench.hand import Hand, hired, send_with
from tests.bench.letters import SIZES, TEMPLATE
from tests.bench.machine import ROOT, binary
from tests.bench.options import Options
from tests.bench.place import Place, open_place
from tests.bench.seed import count_sent, fill, make_due, open_shop
from tests.bench.wire import Run, Server, cheapest_sink, letter_kept, program, smtp_source

MOST = 10_000  # letters a round
FIRST = 60  # letters of the round that tells how many make a round
SIGNATURES = {"unsigned": "", "RSA-2048": "rsa", "Ed25519": "ed25519"}
WIRE, NAIVE = "smtp-source -s 10", "naive: a connection and a commit each"
KEPT = "smtplib, one connection, ready bytes"
BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Contender:
    """Who sends letters of one size, and how: told how many, says what it took."""

    name: str
    size: str
    kind: str  # of database
    send: Callable[[int], Run]

    @property
    def key(self) -> str:
        return f"{self.size} {self.kind} {self.name}"


def run(options: Options) -> Iterator[str]:
    with ExitStack() as stack:
        sink = stack.enter_context(cheapest_sink())
        contenders = list(_wire(stack, sink))
        for kind in options.kinds:
            contenders += stack.enter_context(_contenders(kind, sink.port))
        found = take_turns(contenders, options)
    yield f"sink {sink.name}; medians of n = {options.rounds} rounds that took turns, {options.seconds:g} s each"
    yield table(
        (
            "letters/s",
            "letters",
            "database",
            "median",
            "lowest",
            "highest",
            "CPU s/1,000",
            "of smtp-source",
            "of naive",
        ),
        [_row(each, found) for each in contenders],
    )


def take_turns(contenders: list[Contender], options: Options) -> dict[str, list[Run]]:
    """Run all contenders one after the other, several times; a first, shorter time is not counted."""
    found: dict[str, list[Run]] = {each.key: [] for each in contenders}
    share = {}
    for each in contenders:
        each.send(FIRST)
        share[each.key] = max(FIRST, min(MOST, int(each.send(FIRST * 2).per_second * options.seconds)))
    for _ in range(options.rounds):
        for each in contenders:
            found[each.key].append(each.send(share[each.key]))
    return found


def _row(contender: Contender, found: dict[str, list[Run]]) -> list[str]:
    runs = found[contender.key]
    wire = found.get(f"{contender.size} - {WIRE}")
    naive = found.get(f"{contender.size} {contender.kind} {NAIVE}")
    paces = [run.per_second for run in runs]
    return [
        contender.name,
        contender.size,
        contender.kind,
        f"{rates(runs):,.0f}",
        f"{min(paces):,.0f}",
        f"{max(paces):,.0f}",
        f"{cpu(runs):.3f}",
        f"{ratio(runs, wire):.3f}" if wire else "-",
        f"{ratio(runs, naive):.1f}" if naive else "-",
    ]


def _wire(stack: ExitStack, sink: Server) -> Iterator[Contender]:
    for name, size in SIZES.items():
        if binary("smtp-source"):
            yield Contender(WIRE, name, "-", lambda letters, size=size: smtp_source(sink.port, letters, size))  # type: ignore[misc]
        place = stack.enter_context(open_place("sqlite")).sending_to(sink.port)
        yield Contender(KEPT, name, "-", _by(stack.enter_context(hired(place, "kept", size))))


@contextmanager
def _contenders(kind: str, port: int) -> Iterator[list[Contender]]:
    with open_place(kind) as place, ExitStack() as stack:
        shops = _shops(place)
        found = []
        for name, size in SIZES.items():
            there = place.sending_to(port, f"instance-{size}")
            hands = [stack.enter_context(hired(there, "askwell", size)) for _ in range(2)]
            naive = stack.enter_context(hired(there, "naive", size))
            found.append(Contender(NAIVE, name, kind, seeded(there, shops["unsigned"], [naive])))
            for signature, problem in _proofs(place, shops, size).items():
                if problem:
                    print(f"{kind}, {name}, {signature}: skipped, {problem}")
                    continue
                for count in (1, 2):
                    who = f"Askwell, {count} worker{'s'[: count - 1]}, {signature}"
                    found.append(Contender(who, name, kind, seeded(there, shops[signature], hands[:count])))
        yield found


def _shops(place: Place) -> dict[str, int]:
    """Make a merchant for each way to sign, with enough letters for the fastest round."""
    shops = {}
    for signature, algorithm in SIGNATURES.items():
        with place.house.database.transaction() as session:
            spots = open_shop(session, place.house.vault, template=TEMPLATE)
        fill(place, spots, MOST)
        shops[signature] = spots[0].merchant_id
        if algorithm:
            command = [str(BIN / "flask"), "--app", "wsgi", "dkim", "create", "--domain", "harbour.example"]
            command += ["--merchant", str(shops[signature]), "--algorithm", algorithm]
            subprocess.run(command, cwd=ROOT, env=place.for_a_process(), capture_output=True, check=False)
    return shops


def _proofs(place: Place, shops: dict[str, int], size: int) -> dict[str, str]:
    """Look at one letter of each kind; returns what is wrong with it, or nothing."""
    problems = {}
    kept = place.folder / "letter.eml"
    with program("sink", "--keep", str(kept)) as sink:
        there = place.sending_to(sink.port, f"proof-{size}")
        with hired(there, "askwell", size) as hand:
            for signature, algorithm in SIGNATURES.items():
                kept.unlink(missing_ok=True)
                seeded(there, shops[signature], [hand])(1)
                bytes_, signatures = letter_kept(kept)
                problems[signature] = "" if bool(signatures) == bool(algorithm) else "its letters bear no signature"
                if not algorithm and abs(bytes_ - size) > size / 20:
                    problems[signature] = f"its letters have {bytes_:,} bytes"
    return problems


def _by(hand: Hand) -> Callable[[int], Run]:
    return lambda letters: send_with([hand], letters)


def seeded(place: Place, merchant: int, hands: list[Hand]) -> Callable[[int], Run]:
    """Return what makes so many letters due, has them sent, and makes sure that they were."""

    def send(letters: int) -> Run:
        due = clock.now() - timedelta(minutes=5)
        make_due(place, merchant, letters, due)
        done = send_with(hands, letters)
        if (sent := count_sent(place, merchant, due)) != letters:
            raise RuntimeError(f"{sent} of {letters} letters were sent on {place.kind}")
        return done

    return send
