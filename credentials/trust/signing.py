"""Roots and lists as TUF metadata, and signatures over them, by python-tuf. Nothing here asks for the time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import CryptoSigner, Key, SSlibKey
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Targets

from credentials.errors import TrustDraftError
from schemas.loader import formats

Json = dict[str, Any]
FORMAT: str = formats()["trust"]["format"]
_ROLES = ("root", "targets", "snapshot", "timestamp")
_MEMBER = "trust"


def public_key(pem: bytes) -> SSlibKey:
    """A root key. Raises TrustDraftError."""
    try:
        loaded = load_pem_public_key(pem)
    except ValueError as error:
        raise TrustDraftError("this is no public key in PEM") from error
    if not isinstance(loaded, ec.EllipticCurvePublicKey) or loaded.curve.name != "secp256r1":
        raise TrustDraftError("root keys are of P-256, which every browser can check")
    return SSlibKey.from_crypto(loaded)


def public_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """What others may see of a root key."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def new_root(version: int, keys: Sequence[SSlibKey], threshold: int, expires: datetime) -> Json:
    """A root, not signed yet. Raises TrustDraftError."""
    if not 1 <= threshold <= len({key.keyid for key in keys}) or len({key.keyid for key in keys}) != len(keys):
        raise TrustDraftError("the threshold is from 1 to the number of keys, and each key is named once")
    root = Root(version=version, expires=expires.replace(microsecond=0), consistent_snapshot=True)
    for role in _ROLES:
        root.roles[role].threshold = threshold
        for key in keys:
            root.add_key(key, role)
    return Metadata(root).to_dict()


def new_list(version: int, trust: Json, expires: datetime) -> Json:
    """A list, not signed yet."""
    return Metadata(Targets(version=version, expires=expires.replace(microsecond=0), unrecognized_fields={_MEMBER: trust})).to_dict()


def content_of(told: Json) -> Json:
    """What a list says. Raises TrustDraftError."""
    try:
        found: Json = told["signed"][_MEMBER]
    except (KeyError, TypeError) as error:
        raise TrustDraftError("this is no trust list") from error
    return found


def signed(told: Json, key: ec.EllipticCurvePrivateKey) -> Json:
    """With one more signature. Raises TrustDraftError."""
    metadata = _read(told)
    metadata.sign(CryptoSigner(key), append=True)
    return metadata.to_dict()


def signers_of(told: Json, root: Json) -> tuple[int, int]:
    """How many of the root's keys have signed, and how many must. Raises TrustDraftError."""
    metadata, by = _read(told), _root(root)
    role = by.signed.roles["root" if isinstance(metadata.signed, Root) else "targets"]
    return sum(_has_signed(metadata, by.signed.keys[keyid]) for keyid in role.keyids), role.threshold


def check_chain(roots: Sequence[Json]) -> None:
    """Each root is signed by its own threshold, and by that of the one before. Raises TrustDraftError."""
    if not roots:
        raise TrustDraftError("there is no root yet")
    for place, told in enumerate(roots):
        if _root(told).signed.version != place + 1:
            raise TrustDraftError(f"root {place + 1} is missing")
        for by in (roots[place - 1] if place else told, told):
            have, need = signers_of(told, by)
            if have < need:
                whose = "its own" if by is told else "the earlier root's"
                raise TrustDraftError(f"root {place + 1} is signed by {have} of {whose} keys; {need} are needed")


def assembled(roots: Sequence[Json], told: Json, before: Json | None) -> bytes:
    """The whole file, once enough have signed. `before`: the list that was published last. Raises TrustDraftError."""
    check_chain(roots)
    have, need = signers_of(told, roots[-1])
    if have < need:
        raise TrustDraftError(f"the list is signed by {have} of the root's keys; {need} are needed")
    if before is not None and told["signed"]["version"] <= before["signed"]["version"]:
        raise TrustDraftError(f"the version must be greater than {before['signed']['version']}, which was published")
    return json.dumps({"format": FORMAT, "roots": list(roots), "list": told}, ensure_ascii=False, separators=(",", ":")).encode()


def _has_signed(metadata: Metadata[Any], key: Key) -> bool:
    signature = metadata.signatures.get(key.keyid)
    if signature is None:
        return False
    try:
        key.verify_signature(signature, metadata.signed_bytes)
    except UnverifiedSignatureError:
        return False
    return True


def _root(told: Json) -> Metadata[Root]:
    metadata = _read(told)
    if not isinstance(metadata.signed, Root):
        raise TrustDraftError("this is no root")
    return metadata


def _read(told: Json) -> Metadata[Any]:
    try:
        return Metadata.from_dict(json.loads(json.dumps(told)))
    except (RepositoryError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrustDraftError("this is neither a root nor a trust list") from error
