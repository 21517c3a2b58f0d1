"""A real SMTP server on this machine, that keeps what it is sent."""

import asyncio
import socket
from contextlib import contextmanager

from aiosmtpd.controller import Controller


class Letterbox:
    """What the server received; refuses the addresses of `refused`, those of `later` for now.

    Once it has the message for an address of `cut`, it ends the connection without a word; for one
    of `slow`, it takes that many seconds.
    """

    def __init__(self):
        self.received = []
        self.refused, self.later, self.cut = set(), set(), set()
        self.slow = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 5.1.1 Unknown recipient"
        if address in self.later:
            return "451 4.7.1 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.received.append(envelope)
        [address] = envelope.rcpt_tos
        await asyncio.sleep(self.slow.get(address, 0))
        if address in self.cut:
            server.transport.abort()
        return "250 OK"

    def reached(self):
        """The addresses it has taken a message for, in order (list)."""
        return [address for envelope in self.received for address in envelope.rcpt_tos]


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
