"""What the store returns is what the sender sent, byte for byte, but for what the specification makes the LRS set.

Taken out: `stored` and `authority` of the sender's. Put in: `id`, `version` and `authority` (xAPI-Data 1.0.3 2.4); a single Activity in
contextActivities gets its array (2.4.6.2), and a `timestamp` without a zone the sender's (4.5). The store adds `timestamp` (when absent)
and `stored` behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, tzinfo

import msgspec

from lrs.xapi.statement import ParsedStatement
from lrs.xapi.timestamp import with_zone
from lrs.xapi.versions import Version

_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_KEY = re.compile(rb'[\s,{]*"(?:[^"\\]|\\.)*"\s*:\s*', re.DOTALL)
_OURS = ("stored", "authority")
_LISTS = ("parent", "grouping", "category", "other")
Change = Callable[[bytes], bytes]
_VERSIONS = {Version.V1: b',"version":"1.0.0"', Version.V2: b',"version":"2.0.0"'}


def splice_head(parsed: ParsedStatement, *, statement_id: str, authority: bytes, zone: tzinfo = UTC) -> bytes:
    """The statement's JSON with our members and without its closing brace (see `NewStatement.head`). `zone`: of its local times."""
    raw = _with_arrays(parsed.raw) if parsed.has_single else parsed.raw
    if parsed.local_timestamp is not None:
        zoned = msgspec.json.encode(with_zone(parsed.local_timestamp, zone))
        raw = _replace(raw, {"timestamp": lambda _: zoned})
    if parsed.has_stored_or_authority:
        raw = _without(raw, _OURS)
    own_id = b"" if parsed.id is not None else b',"id":"%b"' % statement_id.encode()
    version = b"" if parsed.has_version else _VERSIONS[parsed.version]
    return b'%b%b%b,"authority":%b' % (raw[:-1].rstrip(), own_id, version, authority)


def _members(raw: bytes) -> list[tuple[str, int, int, int]]:
    """Of an object: (name, where its key begins, where its value begins, where that ends), in order. Keys are unique (strict JSON)."""
    places = []
    position = 0
    for name, value in _MEMBERS.decode(raw).items():
        found = _KEY.match(raw, position)
        assert found is not None
        end = found.end() + len(bytes(value))
        places.append((name, position, found.end(), end))
        position = end
    return places


def _without(raw: bytes, names: tuple[str, ...]) -> bytes:
    """The object without some members; what stays keeps its bytes, commas and white space before it included."""
    kept = [raw[begin:end] for name, begin, _, end in _members(raw) if name not in names]
    if not kept[0].startswith(b"{"):
        kept[0] = b"{" + kept[0].lstrip(b" \t\r\n,")
    last = _members(raw)[-1][3]
    return b"".join(kept) + raw[last:]


def _with_arrays(raw: bytes) -> bytes:
    """Single activities of `context.contextActivities`, and of the sub-statement's, in arrays."""
    return _replace(raw, {"context": _context_with_arrays, "object": _object_with_arrays})


def _object_with_arrays(raw: bytes) -> bytes:
    return _replace(raw, {"context": _context_with_arrays})


def _context_with_arrays(raw: bytes) -> bytes:
    return _replace(raw, {"contextActivities": _activities_with_arrays})


def _activities_with_arrays(raw: bytes) -> bytes:
    return _replace(raw, dict.fromkeys(_LISTS, _in_array))


def _in_array(raw: bytes) -> bytes:
    return raw if raw.startswith(b"[") else b"[" + raw + b"]"


def _replace(raw: bytes, changes: dict[str, Change]) -> bytes:
    """The object with some members' values changed."""
    if not raw.startswith(b"{"):
        return raw
    pieces, position = [], 0
    for name, _, begin, end in _members(raw):
        change = changes.get(name)
        if change is not None:
            pieces += [raw[position:begin], change(raw[begin:end])]
            position = end
    return b"".join((*pieces, raw[position:]))
