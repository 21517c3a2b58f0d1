"""The words of a PDF that we made, read back as a reader copies them (ISO 32000-1, 9.10)."""

import re
import zlib

OBJECT = re.compile(rb"\n(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"/Length (\d+).*?\bstream\r?\n", re.DOTALL)
PAGE = re.compile(rb"/Type/Page/Resources (\d+) 0 R.*?/Contents (\d+) 0 R", re.DOTALL)
SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|((?:/\w+)?\()|(\]TJ|Tj)")
PIECE = re.compile(rb"\\.|[()]|[^\\()]+", re.DOTALL)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def page_count(content):
    return len(PAGE.findall(content))


def text_of(content):
    """All of it (str), a space between two runs of letters; each space once."""
    objects = {int(key): body for key, body in OBJECT.findall(content)}
    pages = (_page(objects, int(res), int(body)) for res, body in PAGE.findall(content))
    return re.sub(r"\s+", " ", " ".join(pages))


def _page(objects, resources, contents):
    fonts = {
        name: _letters(objects, int(key))
        for name, key in re.findall(rb"/(f\d+) (\d+) 0 R", objects[resources])
    }
    stream, at = _unpacked(objects[contents]), 0
    said, letters = [], {}
    while found := SHOWN.search(stream, at):
        at = found.end()
        if found[1]:
            letters = fonts[found[1]]
        elif found[3]:
            said.append(" ")
        else:
            at = _end(stream, at)
            if found[2] != b"(":
                continue  # the text instead of something
            codes = _unescaped(stream[found.end() : at - 1])
            pairs = zip(codes[::2], codes[1::2], strict=True)
            said += [letters.get(high << 8 | low, "") for high, low in pairs]
    return "".join(said)


def _end(stream, at):
    """After the parenthesis that closes a string; those inside go by pairs, or escaped."""
    depth = 1
    while depth:
        piece = PIECE.match(stream, at)
        at = piece.end()
        depth += {b"(": 1, b")": -1}.get(piece[0], 0)
    return at


def _letters(objects, font):
    """{code: what it stands for} of a font."""
    table = int(re.search(rb"/ToUnicode (\d+) 0 R", objects[font])[1])
    rows = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", _unpacked(objects[table]))
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in rows}


def _unpacked(body):
    """By its length: the last byte of what is packed may be one of an end of line."""
    found = STREAM.search(body)
    return zlib.decompress(body[found.end() : found.end() + int(found[1])])


def _unescaped(text):
    def one(found):
        octal = found[1]
        if octal.isdigit():
            return bytes([int(octal, 8)])
        return ESCAPES.get(octal, octal)

    return re.sub(rb"\\([0-7]{1,3}|.)", one, text, flags=re.DOTALL)
