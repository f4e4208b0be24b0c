"""What a PDF says: its text in reading order, enough to read what our own typesetter makes."""

import re
import zlib

_STREAM = re.compile(rb"(\d+) 0 obj\s*(<<.*?>>)\s*stream\r?\n(.*?)\r?\nendstream", re.S)
_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)\s*endobj", re.S)
# A string in parentheses may hold balanced ones that are not escaped: as many deep as letters ever are.
_STRING = rb"\((?:\\.|[^\\()])*\)"
for _ in range(4):
    _STRING = rb"\((?:\\.|[^\\()]|" + _STRING + rb")*\)"
_MARKS = re.compile("[\u2066-\u2069\ufeff]")


def text_of(pdf: bytes) -> str:
    """Every letter that the pages show, one space between words, without what turns the direction."""
    objects = {int(key): body for key, body in _OBJECT.findall(pdf)}
    streams = {
        int(key): zlib.decompress(body) if b"FlateDecode" in head else body for key, head, body in _STREAM.findall(pdf)
    }
    maps = {name: _letters(streams[key]) for name, key in _fonts(objects).items()}
    shown = [_shown(streams[int(key)], maps) for body in objects.values() for key in _contents(body)]
    return " ".join(_MARKS.sub("", "\n".join(shown)).split())


def pages_of(pdf: bytes) -> int:
    """How many pages it has."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def _contents(body: bytes) -> list[bytes]:
    return re.findall(rb"/Contents (\d+) 0 R", body) if re.search(rb"/Type\s*/Page\b(?!s)", body) else []


def _fonts(objects: dict[int, bytes]) -> dict[bytes, int]:
    """The map of letters of each font, by the name that the pages give it."""
    found = {}
    for body in objects.values():
        for names in re.findall(rb"/Font\s*<<(.*?)>>", body, re.S):
            for name, key in re.findall(rb"/(\S+) (\d+) 0 R", names):
                if told := re.search(rb"/ToUnicode (\d+) 0 R", objects.get(int(key), b"")):
                    found[name] = int(told[1])
    return found


def _letters(table: bytes) -> dict[int, str]:
    found = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.S):
        for code, words in re.findall(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            found[int(code, 16)] = bytes.fromhex(words.decode()).decode("utf-16-be")
    return found


def _shown(page: bytes, maps: dict[bytes, dict[int, str]]) -> str:
    letters: dict[int, str] = {}
    said = []
    tokens = rb"/(\S+) [\d.]+ Tf|" + _STRING + rb"|<[0-9a-fA-F]+>|/ActualText\s*(?:<([0-9a-fA-F]+)>|\(.*?\))|\bET\b"
    for token in re.finditer(tokens, page, re.S):
        if token[1]:
            letters = maps.get(token[1], {})
        elif token[0] == b"ET":
            said.append("\n")
        elif token[0][:1] in b"(<":
            codes = _codes(token[0])
            said += [letters.get(code, "?") for code in codes]
    return "".join(said)


def _codes(token: bytes) -> list[int]:
    raw = bytes.fromhex(token[1:-1].decode()) if token[:1] == b"<" else _unescaped(token[1:-1])
    return [int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2)]


def _unescaped(text: bytes) -> bytes:
    plain = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def one(found: re.Match[bytes]) -> bytes:
        return bytes([int(found[1], 8)]) if found[1][:1].isdigit() else plain.get(found[1], found[1])

    return re.sub(rb"\\([0-7]{1,3}|.)", one, text, flags=re.S)
