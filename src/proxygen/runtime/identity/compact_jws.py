"""A compact JWS (RFC 7515): its header and claims read strictly, its signature verified with a pinned key."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

Claims = Mapping[str, Any]

MIN_SECRET_BYTES: Final = 32
"""RFC 7518, 3.2."""

MIN_RSA_BITS: Final = 2048
"""RFC 7518, 3.3."""

MAX_KEY_ID_CHARACTERS: Final = 256

_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_JWS: Final = jwt.PyJWS(algorithms=["HS256", "RS256", "ES256", "EdDSA"])


class BadTokenError(Exception):
    """A token that proves nothing; why is nobody's business."""


@dataclass(frozen=True, slots=True)
class Key:
    """A verification key and the one algorithm that it may verify."""

    algorithm: str
    material: Any = field(repr=False)


def key_of_secret(secret: str) -> Key:
    """HS256; the secret is never taken for a PEM, whatever it looks like."""
    if "-----BEGIN" in secret:
        raise ValueError("the token secret is a PEM; configure it as the public key")
    if len(secret.encode()) < MIN_SECRET_BYTES:
        raise ValueError(
            f"the token secret must have at least {MIN_SECRET_BYTES} bytes (RFC 7518, 3.2)"
        )
    return Key("HS256", secret.encode())


def key_of_pem(pem: str) -> Key:
    """RS256, ES256 or EdDSA, by the kind of the public key."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("the token public key is not a PEM public key") from None
    return key_of_public(key)


def key_of_public(key: object) -> Key:
    """The key with its algorithm; a kind or size that is not accepted is a ValueError."""
    if isinstance(key, RSAPublicKey):
        if key.key_size < MIN_RSA_BITS:
            raise ValueError(f"an RSA token key must have at least {MIN_RSA_BITS} bits")
        return Key("RS256", key)
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return Key("ES256", key)
    if isinstance(key, Ed25519PublicKey):
        return Key("EdDSA", key)
    raise ValueError("a token public key must be RSA, P-256 or Ed25519")


def read_header(token: str) -> tuple[str, str | None]:
    """The algorithm and key id that an unverified header claims; `jku`, `x5u`, `jwk` are not looked at."""
    found = _COMPACT.fullmatch(token)
    if found is None:
        raise BadTokenError
    header = _members(found[1])
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or "crit" in header or "b64" in header:
        raise BadTokenError
    if key_id is not None and (not isinstance(key_id, str) or len(key_id) > MAX_KEY_ID_CHARACTERS):
        raise BadTokenError
    return algorithm, key_id


def verify_signature(token: str, key: Key, algorithm: str) -> Claims:
    """The claims of a token that this key has signed with its own algorithm."""
    if algorithm != key.algorithm:
        raise BadTokenError
    try:
        _JWS.decode(token, key.material, algorithms=[key.algorithm])
    except jwt.PyJWTError:
        raise BadTokenError from None
    return _members(token.split(".")[1])


def _members(encoded: str) -> dict[str, Any]:
    """A base64url JSON object without duplicate names, NaN, or lone surrogates."""
    try:
        text = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode("utf-8")
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, binascii.Error, RecursionError):
        raise BadTokenError from None
    if not isinstance(value, dict):
        raise BadTokenError
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate name")
    return members


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
