"""An OpenID Connect issuer for tests: it publishes its keys over HTTP on loopback and makes tokens."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from jwt.algorithms import ECAlgorithm

AUDIENCE = "jejak"


class OidcIssuer:
    """`keys` by key id; the newest signs. `fetched` counts how often the key set was asked for."""

    def __init__(self) -> None:
        self.url = ""
        self.keys: dict[str, EllipticCurvePrivateKey] = {}
        self.fetched = 0
        self.rotate("one")

    def rotate(self, kid: str) -> None:
        """A new key signs from now on; the old ones stay published."""
        self.keys[kid] = generate_private_key(SECP256R1())

    def jwks(self) -> bytes:
        members = [json.loads(ECAlgorithm.to_jwk(key.public_key())) | {"kid": kid, "alg": "ES256"} for kid, key in self.keys.items()]
        return json.dumps({"keys": members}).encode()

    def token(self, *, key: Any = None, algorithm: str = "ES256", kid: str = "", **claims: Any) -> str:
        """A good token, with `claims` put in or over; None takes one out."""
        newest = list(self.keys)[-1]
        all_claims = {
            "iss": self.url,
            "aud": AUDIENCE,
            "azp": "moodle",
            "sub": "moodle",
            "exp": int(time.time()) + 300,
            "scope": "all",
            **claims,
        }
        given = {name: value for name, value in all_claims.items() if value is not None}
        return jwt.encode(given, key or self.keys[newest], algorithm=algorithm, headers={"kid": kid or newest})


@contextmanager
def oidc_issuer() -> Iterator[OidcIssuer]:
    """The issuer, served while the block runs."""
    issuer = OidcIssuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.fetched += 1
            body = issuer.jwks()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
