"""Keys of issuers that are not on the trust list: did:web and https addresses (fetched), did:key and did:jwk (worked out)."""

from __future__ import annotations

import re
from urllib.parse import unquote

from openvc.did.did_jwk import DidJwkResolver
from openvc.did.did_key import DidKeyResolver
from openvc.errors import OpenvcError

from verifier.errors import UnavailableError, UnreadableError
from verifier.readers.strict import read_object
from verifier.sources.fetching import Fetcher
from verifier.sources.ports import Json

LONGEST_DID = 2_000  # characters: an RSA key as did:jwk has a quarter of it
_WEB = re.compile(r"did:web:([A-Za-z0-9.\-]+(?:%3[Aa][0-9]+)?)((?::[A-Za-z0-9._~%\-]+)*)")


def web_address(did: str) -> str | None:
    """Where the document of a did:web lies (did:web §3.2); None for another DID."""
    found = _WEB.fullmatch(did)
    if found is None:
        return None
    host, path = unquote(found[1]), found[2].replace(":", "/")
    return f"https://{host}{path or '/.well-known'}/did.json"


def resolve(did: str, fetcher: Fetcher) -> Json:
    """Raises UnavailableError."""
    if len(did) > LONGEST_DID:
        raise UnavailableError("the issuer's DID is longer than any is")
    try:
        if did.startswith("did:key:"):
            return DidKeyResolver().resolve(did).raw
        if did.startswith("did:jwk:"):
            return DidJwkResolver().resolve(did).raw
        address = did if did.startswith("https://") else web_address(did)
        if address is not None:
            return read_object(fetcher.text(address).encode())
    except (OpenvcError, UnreadableError, ValueError, TypeError) as error:
        raise UnavailableError("the keys of {did} cannot be read", did=did) from error
    raise UnavailableError("this verifier does not know how to find the keys of {did}", did=did)
