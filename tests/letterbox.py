"""A real SMTP server on this machine, that keeps what it is sent."""

import socket
from contextlib import contextmanager

from aiosmtpd.controller import Controller


class Letterbox:
    """What the server received; refuses the addresses of `refused`."""

    def __init__(self):
        self.received = []
        self.refused = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 5.1.1 Unknown recipient"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.received.append(envelope)
        return "250 OK"


@contextmanager
def serving():
    """Yield a Letterbox, its host and its port."""
    box = Letterbox()
    server = Controller(box, hostname="127.0.0.1", port=_free_port())
    server.start()
    try:
        yield box, server.hostname, server.port
    finally:
        server.stop()


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
