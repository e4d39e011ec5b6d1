"""The page that shows the API's description to people: made here, whole, without a script or a file from elsewhere."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from html import escape

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse

from jejak.description import Described

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "code,pre{font-size:.9rem}code{overflow-wrap:anywhere}h2{margin:2rem 0 .6rem}"
    "h2::first-letter,nav a::first-letter{text-transform:uppercase}"
    "nav{display:flex;flex-wrap:wrap;gap:.3rem 1rem}nav a{display:inline-block}"
    "details{border-top:1px solid #8886;padding:.4rem 0}summary{cursor:pointer}summary b{display:inline-block;min-width:4.5rem}"
    "table{border-collapse:collapse}td{padding:.1rem 1rem .1rem 0;vertical-align:top}"
    "pre{background:#8881;padding:.6rem;overflow:auto}details>p{margin:.5rem 0}"
)


def api_page_router(app: FastAPI) -> APIRouter:
    """`/api/docs`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/api/docs")
    async def documented() -> HTMLResponse:
        return HTMLResponse(page_of(app.openapi()), headers=_HEADERS)

    return router


def page_of(description: Described) -> str:
    """Every operation under its tag, with parameters, body and answers."""
    tagged: dict[str, list[str]] = defaultdict(list)
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            tag = (operation.get("tags") or ["other"])[0]
            tagged[tag].append("".join(_operation(method, path, operation, description)))
    title = escape(description["info"]["title"])
    sections = "".join(f'<h2 id="{escape(tag)}">{escape(tag)}</h2>{"".join(found)}' for tag, found in tagged.items())
    places = "".join(f'<a href="#{escape(tag)}">{escape(tag)}</a>' for tag in tagged)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title} API</title><style>{_STYLE}</style><h1>{title} API</h1>"
        '<p>For programs: <a href="/api/openapi.json">openapi.json</a>. The xAPI paths are described by their specification.</p>'
        "<p>Try one: <code>curl -u NAME:SECRET ADDRESS/admin/providers</code>, with an administrator's name and secret (jejak admin), or a "
        "person's key and secret.</p>"
        f"<nav>{places}</nav>{sections}</html>"
    )


def _operation(method: str, path: str, operation: Described, description: Described) -> Iterator[str]:
    yield f"<details><summary><b>{method.upper()}</b> <code>{escape(path)}</code> {escape(operation.get('summary', ''))}</summary>"
    if told := operation.get("description"):
        yield f"<p>{escape(told)}</p>"
    if needed := operation.get("security"):
        yield f"<p>Sign in: {' or '.join(name for one in needed for name in one)}</p>"
    if parameters := operation.get("parameters"):
        rows = (f"<tr><td><code>{escape(one['name'])}</code><td>{one['in']}<td>{_type(one.get('schema', {}))}" for one in parameters)
        yield f"<table>{''.join(rows)}</table>"
    for kind, body in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<p>Body: {escape(kind)}</p>{_schema(body.get('schema', {}), description)}"
    for status, answer in operation["responses"].items():
        yield f"<p>{status}: {escape(answer['description'])}</p>"
        if status.startswith("2"):
            for body in answer.get("content", {}).values():
                yield _schema(body.get("schema", {}), description)
    yield "</details>"


def _type(schema: Described) -> str:
    kind = schema.get("type") or " or ".join(str(one.get("type", "…")) for one in schema.get("anyOf", ()))
    return escape(str(kind))


def _schema(schema: Described, description: Described) -> str:
    """A schema as JSON, one level of references opened."""
    if not schema:
        return ""
    name = schema.get("$ref") or schema.get("items", {}).get("$ref", "")
    found = description["components"]["schemas"].get(name.rpartition("/")[2]) if name else None
    shown = schema if found is None else ([found] if schema.get("type") == "array" else found)
    return f"<pre>{escape(json.dumps(shown, indent=1, ensure_ascii=False))}</pre>"
