"""TLS with one service: whom to believe, and the certificate that the edge shows."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, SecretStr, field_validator, model_validator

from proxygen.runtime.transport.tls import client_context


class TlsSettings(BaseModel):
    """TLS 1.2 or later, the server's name always verified; files are PEM, and are read at the start."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ca_file: Path | None = None
    """The authorities that are believed; None: the system's."""
    cert_file: Path | None = None
    """The certificate that the edge shows (mutual TLS), its intermediates behind it; None shows none."""
    key_file: Path | None = None
    """Its key; None: in `cert_file` too."""
    key_password: SecretStr | None = None
    """Of an encrypted key."""

    @field_validator("ca_file", "cert_file", "key_file")
    @classmethod
    def _can_be_read(cls, value: Path | None) -> Path | None:
        try:
            if value is not None:
                value.read_bytes()
        except OSError:
            raise ValueError("is no file that can be read") from None
        return value

    @field_validator("ca_file")
    @classmethod
    def _has_authorities(cls, value: Path | None) -> Path | None:
        try:
            client_context(ca_file=value)
        except OSError:
            raise ValueError("has no PEM certificate in it") from None
        return value

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        if self.cert_file is None and (self.key_file or self.key_password):
            raise ValueError("has a key and no CERT_FILE")
        try:
            self.context()
        except (OSError, ValueError):
            said = "no PEM certificate and its key, or the key has another password"
            raise ValueError(f"CERT_FILE and KEY_FILE are {said}") from None
        return self

    def context(self) -> ssl.SSLContext:
        """What a transport connects with."""
        password = self.key_password
        return client_context(
            ca_file=self.ca_file,
            cert_file=self.cert_file,
            key_file=self.key_file,
            key_password="" if password is None else password.get_secret_value(),
        )
