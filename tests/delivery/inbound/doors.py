"""The listener as a mail server meets it, on a port of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from campaigns.delivery.inbound.listener import Door, Place, Visitors
from campaigns.house import House


@contextmanager
def listening(house: House, *, is_lmtp: bool) -> Iterator[int]:
    """Run the listener in a thread and yield its port."""
    loop, door = asyncio.new_event_loop(), Door(house)
    visitors = Visitors(door, Place(host="127.0.0.1", port=0, is_lmtp=is_lmtp))

    def make() -> asyncio.Protocol:
        asyncio.set_event_loop(loop)
        return visitors()

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(loop.create_server(make, "127.0.0.1", 0), loop).result(10)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(_leave(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
        door.close()


async def _leave() -> None:
    mine = asyncio.current_task()
    others = [task for task in asyncio.all_tasks() if task is not mine]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
