"""The edge's own credential for one service, never a client's and never shown to one."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator

from proxygen.runtime.base_url import split_http
from proxygen.runtime.headers.names import check_own_name, fold_header
from proxygen.runtime.identity.credentials import (
    ClientCredentials,
    Credential,
    StaticHeader,
    TokenRequest,
)
from proxygen.runtime.identity.issuer import IssuerResource
from proxygen.runtime.settings.tls import TlsSettings

_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


def _free(name: str) -> str:
    if fold_header(name) != "authorization":
        check_own_name(name)
    return name


HeaderName = Annotated[str, AfterValidator(_free)]
"""A header that carries the edge's credential: Authorization, or one without another meaning."""


class StaticHeaderSettings(BaseModel):
    """A header that every request to the service gets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: HeaderName
    """The header; a client's copy never goes up, the service's own never comes back."""
    value: SecretStr
    """Visible ASCII characters, and blanks between them."""

    @field_validator("value")
    @classmethod
    def _is_value(cls, value: SecretStr) -> SecretStr:
        if not _VALUE.fullmatch(value.get_secret_value()):
            raise ValueError("has characters that a header value should not have, or none")
        return value

    def credential(self) -> Credential:
        """What the forwarder asks."""
        return StaticHeader(self.name, self.value.get_secret_value())


class ClientCredentialsSettings(BaseModel):
    """A token of the client-credentials grant (RFC 6749, 4.4), fetched by the edge and renewed in time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token_url: str
    """The token endpoint, http or https."""
    client_id: str = Field(min_length=1)
    """Who the edge is, to the issuer."""
    client_secret: SecretStr = Field(min_length=1)
    """What proves it."""
    scope: str = ""
    """Scopes with blanks between; empty asks for none."""
    audience: str = ""
    """`audience` of the form, which some issuers want; empty sends none."""
    send: Literal["basic", "body"] = "basic"
    """Whether id and secret go into the Authorization header or into the form (RFC 6749, 2.3.1)."""
    header: HeaderName = "Authorization"
    """The header that carries the token to the service, as `Bearer`."""
    timeout: float = Field(default=5.0, gt=0, le=60)
    """Seconds for the issuer's whole answer; a request that needs the token waits for it."""
    tls: TlsSettings | None = None
    """With the issuer; None: the system's authorities, no certificate of the edge's."""

    @field_validator("token_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        split_http(value)
        return value

    def credential(self) -> Credential:
        """What the forwarder asks."""
        tls = None if self.tls is None else self.tls.context()
        return ClientCredentials(
            IssuerResource(self.token_url, seconds=self.timeout, tls=tls),
            TokenRequest(
                client_id=self.client_id,
                client_secret=self.client_secret.get_secret_value(),
                scope=self.scope,
                audience=self.audience,
                send=self.send,
            ),
            header=self.header,
        )
