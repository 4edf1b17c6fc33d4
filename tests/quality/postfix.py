"""A real postfix between us and a server that keeps what comes: its own configuration, queue and ports, for one test."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from smtplib import SMTP, SMTPException

from campaigns.delivery.server import Server
from tests.delivery.servers import free_port

NAME = "relay.example"
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = {name}
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtp_dns_support_level = disabled
smtp_host_lookup = native
relayhost = [127.0.0.1]:{beyond}
"""
# No line is in a chroot.
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup  unix n - n - 0 cleanup
qmgr     unix n - n 300 1 qmgr
pickup   unix n - n 60 1 pickup
rewrite  unix - - n - - trivial-rewrite
bounce   unix - - n - 0 bounce
defer    unix - - n - 0 bounce
trace    unix - - n - 0 bounce
smtp     unix - - n - - smtp
relay    unix - - n - - smtp
error    unix - - n - - error
retry    unix - - n - - error
proxymap unix - - n - - proxymap
anvil    unix - - n - 1 anvil
scache   unix - - n - 1 scache
tlsmgr   unix - - n 1000? 1 tlsmgr
postlog  unix-dgram n - n - 1 postlogd
"""


@contextmanager
def relaying_to(beyond: Server, postfix: str) -> Iterator[Server]:
    """Run a postfix that hands on all it takes."""
    folder = Path(tempfile.mkdtemp(prefix="askwell-postfix-"))
    port = free_port()
    try:
        _furnish(folder, port, beyond)
        command = [postfix, "-c", str(folder / "conf")]
        subprocess.run([*command, "start"], check=True, capture_output=True)
        try:
            _wait_for(port)
            yield Server(host="127.0.0.1", port=port)
        finally:
            subprocess.run([*command, "stop"], check=True, capture_output=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _furnish(folder: Path, port: int, beyond: Server) -> None:
    folder.chmod(0o755)  # its processes run as somebody else
    for each in ("conf", "queue", "data"):
        (folder / each).mkdir()
    shutil.chown(folder / "data", "postfix")
    (folder / "conf" / "main.cf").write_text(MAIN.format(folder=folder, name=NAME, beyond=beyond.port))
    (folder / "conf" / "master.cf").write_text(MASTER.format(port=port))


def _wait_for(port: int) -> None:
    for _ in range(100):
        with suppress(OSError, SMTPException), SMTP("127.0.0.1", port, timeout=5):
            return
        time.sleep(0.1)
    raise RuntimeError("postfix did not start")
