"""What no page may ever do, noted as it happens: an error, a call to the outside."""

import re
import struct
import zlib

TILES = "https://data.geopf.fr/"
BLOCKED = "Service Worker registration blocked by Playwright"


class Watch:
    """Looks over a browser context for the length of a test."""

    def __init__(self, context, origin):
        self.origin = origin
        self.requests = []
        self.faults = []
        self.expected = [BLOCKED]
        self.tiles = 0
        outside = rf"^(?!{re.escape(origin)}(/|$)|data:|blob:|about:)"
        context.route(re.compile(outside), self._refuse)
        context.on("request", self._on_request)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.faults.append(f"page error: {error.error}"))

    def expect(self, *patterns):
        """Console errors that this test provokes (regular expressions)."""
        self.expected += patterns

    def answer_tiles(self, context):
        context.route(
            f"{TILES}**", lambda route: route.fulfill(body=TILE, content_type="image/png")
        )

    def block_tiles(self, context):
        self.expect(re.escape(TILES))
        context.route(f"{TILES}**", lambda route: route.abort())

    def urls(self):
        return [request.url for request in self.requests]

    def _refuse(self, route):
        self.faults.append(f"outside: {route.request.url}")
        route.abort()

    def _on_request(self, request):
        self.requests.append(request)
        is_tile = request.url.startswith(TILES)
        self.tiles += is_tile
        is_outside = re.match(r"(https?|wss?):", request.url) and not is_tile
        if is_outside and not request.url.startswith(f"{self.origin}/"):
            self.faults.append(f"outside: {request.url}")

    def _on_console(self, message):
        if message.type not in {"error", "warning"}:
            return
        words = f"console: {message.text} ({message.location['url']})"
        if not any(re.search(pattern, words) for pattern in self.expected):
            self.faults.append(words)


def _png(red, green, blue, side=256):
    """A plain square picture (bytes)."""

    def chunk(kind, data):
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes((red, green, blue)) * side) * side
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


TILE = _png(238, 240, 236)
