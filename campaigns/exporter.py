"""/metrics of a host that has workers and no web: `python worker.py metrics`, one small process."""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from campaigns.errors import SettingsError
from campaigns.exposition import CONTENT_TYPE
from campaigns.house import House
from campaigns.probe_pages import may_read
from campaigns.reports.gauges import Gauges

PATIENCE = 10  # seconds for a client to say what it wants


class Exporter(ThreadingHTTPServer):
    """Listens for this machine alone; where there is a token, on every address."""

    daemon_threads = True

    def __init__(self, house: House) -> None:
        self.house = house
        self.gauges = Gauges()
        settings = house.settings
        try:
            super().__init__(("" if settings.metrics_token else "127.0.0.1", settings.metrics_port), _Door)
        except OSError as error:
            raise SettingsError(f"METRICS_PORT {settings.metrics_port} is not free: {error.strerror}.") from None


class _Door(BaseHTTPRequestHandler):
    server: Exporter
    timeout = PATIENCE

    def do_GET(self) -> None:
        token = self.server.house.settings.metrics_token
        if self.path != "/metrics" or not may_read(token, self.client_address[0], self.headers.items()):
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        body = self.server.gauges.text(self.server.house).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: who scrapes, and how often, is no news."""


def serve_metrics(house: House) -> None:
    """Answer until the process is stopped."""
    with Exporter(house) as server:
        server.serve_forever()
