"""The description of what runs on FastAPI (OpenAPI), told as it is: our errors in place of the framework's, and how to sign in."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

Described = dict[str, Any]  # a document of JSON

_SIGNED_IN = ("/admin/", "/api/")
_ERROR: Described = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "status", "requestId"],
            "additionalProperties": False,
            "properties": {
                "message": {"type": "string"},
                "where": {"type": "string", "description": "a path into what was sent"},
                "clause": {"type": "string", "description": "the rule's place in its specification"},
                "scope": {"type": "string", "description": "what is missing"},
                "status": {"type": "integer"},
                "requestId": {"type": "string", "description": "as in the header X-Request-Id and in the log"},
            },
        }
    },
}
_CONTENT: Described = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
_REFUSED: Described = {"description": "Refused: the sender must change something (docs/api.md)", "content": _CONTENT}
_NOT_NOW: Described = {
    "description": "Not now: the store cannot write or read; nothing of the request was stored",
    "headers": {"Retry-After": {"schema": {"type": "integer"}}},
    "content": _CONTENT,
}


def describe_truly(app: FastAPI, *, bearer: bool) -> None:
    """From now on `app.openapi()` answers the corrected description. `bearer`: tokens are taken too."""
    framework = app.openapi

    def openapi() -> Described:
        if app.openapi_schema is None:
            app.openapi_schema = corrected(framework(), bearer=bearer)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to change it


def corrected(description: Described, *, bearer: bool) -> Described:
    """The framework says that a bad request gets 422 in a shape of its own, and nothing of signing in."""
    components = description.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Error"] = _ERROR
    schemes: Described = {"basic": {"type": "http", "scheme": "basic", "description": "an administrator's, or a person's, name and secret"}}
    if bearer:
        schemes["bearer"] = {"type": "http", "scheme": "bearer", "description": "a token of the configured issuer, for persons"}
    components["securitySchemes"] = schemes
    for path, operations in description["paths"].items():
        for operation in operations.values():
            responses = operation["responses"]
            responses.pop("422", None)
            responses |= {"4XX": _REFUSED, "503": _NOT_NOW}
            if path.startswith(_SIGNED_IN):
                operation["security"] = [{name: []} for name in schemes if name == "basic" or path.startswith("/api/")]
    return description
