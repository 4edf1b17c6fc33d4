"""Letters a second where every answer is 20 ms away: what counts then is round trips, and connections."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

from tests.bench.figures import rates, table
from tests.bench.hand import hired, send_with
from tests.bench.letters import SIZES, TEMPLATE
from tests.bench.machine import binary
from tests.bench.options import Options
from tests.bench.place import open_place
from tests.bench.seed import fill, open_shop
from tests.bench.sending import KEPT, MOST, WIRE, Contender, seeded, take_turns
from tests.bench.wire import Server, blast, cheapest_sink, program, smtp_source

SIZE_NAME = "45 KB"
SIZE = SIZES[SIZE_NAME]
WORKER = "Askwell, 1 worker"
CEILING = 3_200  # letters, without waiting for an answer


def run(options: Options) -> Iterator[str]:
    wires: dict[str, Server] = {}
    with ExitStack() as stack:
        sink = stack.enter_context(cheapest_sink())

        def wire(name: str) -> Server:
            wires[name] = stack.enter_context(program("proxy", str(sink.port)))
            return wires[name]

        ceiling = [blast(wire("ceiling").port, CEILING, SIZE).per_second for _ in range(options.rounds)]
        contenders = list(_contenders(stack, wire, options))
        found = take_turns(contenders, options)
    yield (
        f"{SIZE_NAME}, 10 ms each way; n = {options.rounds} rounds; this wire carries at most"
        f" {sorted(ceiling)[len(ceiling) // 2]:,.0f} letters/s"
    )
    yield table(
        ("letters/s", "database", "median", "connections", "a connection"),
        [
            (each.name, each.kind, f"{rate:,.1f}", f"{many}", f"{rate / many:.1f}")
            for each in contenders
            for rate, many in [(rates(found[each.key]), wires[each.key].report["connections"] or 1)]
        ],
    )


def _contenders(stack: ExitStack, wire: Callable[[str], Server], options: Options) -> Iterator[Contender]:
    if binary("smtp-source"):
        far = wire(f"{SIZE_NAME} - {WIRE}").port
        yield Contender(WIRE, SIZE_NAME, "-", lambda letters: smtp_source(far, letters, SIZE))
    place = stack.enter_context(open_place("sqlite")).sending_to(wire(f"{SIZE_NAME} - {KEPT}").port)
    hand = stack.enter_context(hired(place, "kept", SIZE))
    yield Contender(KEPT, SIZE_NAME, "-", lambda letters: send_with([hand], letters))
    for kind in options.kinds:
        place = stack.enter_context(open_place(kind))
        with place.house.database.transaction() as session:
            spots = open_shop(session, place.house.vault, template=TEMPLATE)
        fill(place, spots, MOST)
        there = place.sending_to(wire(f"{SIZE_NAME} {kind} {WORKER}").port)
        hands = [stack.enter_context(hired(there, "askwell", SIZE))]
        yield Contender(WORKER, SIZE_NAME, kind, seeded(there, spots[0].merchant_id, hands))
