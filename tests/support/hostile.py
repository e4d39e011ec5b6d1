"""What a hostile client sends, by the API's own description: for each operation bodies and parameters, each wrong in one place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from urllib.parse import quote

Schema = dict[str, Any]
NUMBER = "197203152005011007"  # of nobody; a NIP in every place where one can be put
_TEXTS = ("a1", "2026-01-01", "https://a.test/b", "surat tugas 12/2026", "Asia/Jakarta", "mailto:a@b.test", "16", "0" * 64, "0" * 40, "A")
VALUES: tuple[bytes, ...] = tuple(
    text.encode()
    for text in (
        "null",
        "true",
        "-1",
        "9223372036854775808",
        "1" * 400,
        "1e400",
        "NaN",
        "0.1",
        '""',
        '" "',
        r'"\u0000"',
        r'"\ud800"',
        r'"a\u202eb\r\nSet-Cookie: a=b"',
        json.dumps("x" * 70_000),
        json.dumps("é" * 300),
        "[]",
        "[null]",
        "[" + "1," * 20_000 + "1]",
        "{}",
        '{"a":' * 900 + "1" + "}" * 900,
        '"0000-00-00"',
        '"0001-01-01"',
        '"9999-12-31"',
        '"2026-02-30T25:61:61Z"',
        '"../../etc/passwd"',
        '"https://a.test/%00"',
        '"\' OR 1=1 --"',
        '"=HYPERLINK(1)"',
        '"<script>alert(1)</script>"',
        f'"{NUMBER}"',
    )
)
"""Members of JSON, as their bytes: some of them are no JSON at all."""
BODIES: tuple[bytes, ...] = (
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"{",
    b'{"a":1,"a":2}',
    b"\xef\xbb\xbf{}",
    '{"reason":"surat"}'.encode("utf-16"),
    b'{"reason":"\xff\xfe"}',
    b"\x00" * 100,
    b"\x1f\x8b\x08\x00" + b"x" * 40,
    b"[" * 20_000,
    b'{"a":' * 20_000,
    b"PK\x03\x04" + b"x" * 60,
)
PLACES = ("..", "%2e%2e%2fadmin", "%00", "%ff", "%ED%A0%80", "x" * 3_000, "-1", "9" * 40, "%D9%A3", "a%20b", "%F0%9F%92%A5", NUMBER)
"""What stands in the path or in the query, as it is sent."""


@dataclass(frozen=True)
class Operation:
    """`path` with its parameters in braces. `query`: names; `needs`: a query with those that it cannot do without.

    `body`: the schema of its JSON, None for none; `media`: the media type of another.
    """

    method: str
    path: str
    query: tuple[str, ...]
    needs: str
    body: Schema | None
    media: str

    @property
    def parameters(self) -> list[str]:
        """Of the path."""
        return re.findall(r"{(\w+)}", self.path)

    def at(self, **values: str) -> str:
        """The path with these in their places, and `x` in the others."""
        return re.sub(r"{(\w+)}", lambda found: values.get(found[1], "x"), self.path)


class Description:
    """An OpenAPI document."""

    def __init__(self, document: Schema) -> None:
        self._schemas: Schema = document["components"]["schemas"]
        self.operations = [
            self._operation(method, path, told) for path, methods in document["paths"].items() for method, told in methods.items()
        ]

    def body(self, operation: Operation) -> bytes:
        """The least that it takes; empty where it takes none."""
        return json.dumps(self.example(operation.body)).encode() if operation.body is not None else b""

    def example(self, schema: Schema) -> Any:
        """The least that the schema lets pass."""
        if "$ref" in schema:
            return self.example(self._schemas[schema["$ref"].rpartition("/")[2]])
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                return self.example(schema[several][0])
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        match schema.get("type"):
            case "object":
                required = schema.get("required", ())
                return {name: self.example(one) for name, one in schema.get("properties", {}).items() if name in required}
            case "array":
                return [self.example(schema["items"]) for _ in range(schema.get("minItems", 0))]
            case "integer" | "number":
                return int(schema.get("minimum", 1))
            case "boolean":
                return False
            case "string":
                return _text(schema)
        return {}

    def spoiled(self, schema: Schema, values: Iterator[bytes], each: int) -> Iterator[bytes]:
        """The example with one member replaced, `each` times for each member; and with one that nobody knows."""
        whole = {name: json.dumps(value).encode() for name, value in self.example(schema).items()}
        for name in self._members(schema):
            for _ in range(each):
                yield _joined(whole | {name: next(values)})
        yield _joined(whole | {"nobody-knows": b"1"})

    def _operation(self, method: str, path: str, told: Schema) -> Operation:
        content = (told.get("requestBody") or {}).get("content", {})
        body = content.get("application/json", {}).get("schema")
        if body is not None and body.get("format") == "binary":
            body = None
        query = [one for one in told.get("parameters", ()) if one["in"] == "query"]
        needs = "&".join(f"{one['name']}={quote(str(self.example(one['schema'])))}" for one in query if one.get("required"))
        media = next((one for one in content if one != "application/json"), "")
        return Operation(method.upper(), path, tuple(one["name"] for one in query), needs, body, media)

    def _members(self, schema: Schema) -> list[str]:
        told = self._schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        return list(told.get("properties", {}))


def hostile_values() -> Iterator[bytes]:
    """All of `VALUES`, over and over."""
    return cycle(VALUES)


def hostile_queries(operation: Operation) -> Iterator[str]:
    """One parameter of the query spoiled; all at once, and twice."""
    for number, name in enumerate(operation.query):
        for place in PLACES[number % 3 :: 3]:
            yield f"{quote(name)}={place}"
    if operation.query:
        yield "&".join(f"{quote(name)}=x&{quote(name)}=" for name in operation.query)


def _text(schema: Schema) -> str:
    if schema.get("format") == "date":
        return "2026-01-01"
    if schema.get("format") == "date-time":
        return "2026-01-01T00:00:00Z"
    least, most, pattern = schema.get("minLength", 0), schema.get("maxLength", 1_000), schema.get("pattern", "")
    return next((text for text in _TEXTS if least <= len(text) <= most and re.search(pattern, text)), "a" * max(least, 1))


def _joined(members: dict[str, bytes]) -> bytes:
    return b"{" + b",".join(json.dumps(name).encode() + b":" + value for name, value in members.items()) + b"}"
