"""A DNS server of a few lines, on loopback: it knows what it was told, and all else does not exist or is not told."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from dns import flags, message, rcode, rdatatype, rrset

Zone = Mapping[tuple[str, str], list[str]]  # (name, kind) → values as a zone file has them


@contextmanager
def answering(zone: Zone, otherwise: rcode.Rcode = rcode.NXDOMAIN) -> Iterator[str]:
    """Serve a zone and yield HOST:PORT."""

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, sock = self.request
            sock.sendto(_answer(zone, otherwise, data), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def _answer(zone: Zone, otherwise: rcode.Rcode, data: bytes) -> bytes:
    query = message.from_wire(data)
    answer = message.make_response(query)
    answer.flags |= flags.RA
    question = query.question[0]
    name, kind = question.name.to_text(omit_final_dot=True).lower(), rdatatype.to_text(question.rdtype)
    values = zone.get((name, kind), [])
    if values:
        answer.answer.append(rrset.from_text(question.name, 60, "IN", kind, *values))
    elif name not in {each for each, _ in zone}:
        answer.set_rcode(otherwise)
    return answer.to_wire()
