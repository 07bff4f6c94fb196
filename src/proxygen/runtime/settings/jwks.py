"""An issuer's published keys: how they are fetched, and how long they are used."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from proxygen.runtime.settings.tls import TlsSettings


class JwksSettings(BaseModel):
    """The key set behind `token_jwks_url`; every worker fetches it for itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    refresh_seconds: float = Field(default=300.0, gt=0)
    """Age from which the keys are fetched again, while they go on being used."""
    stale_seconds: float = Field(default=3600.0, gt=0)
    """Age beyond which keys that could not be fetched again are no longer used: 503."""
    unknown_key_seconds: float = Field(default=30.0, gt=0)
    """Between two fetches that tokens with an unknown key id may cause."""
    timeout_seconds: float = Field(default=5.0, gt=0, le=60)
    """For the issuer's whole answer."""
    tls: TlsSettings | None = None
    """With the issuer; None: the system's authorities, no certificate of the edge's."""
