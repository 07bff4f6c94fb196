"""What an edge reads from its environment, checked before it starts."""

from proxygen.runtime.settings.cors import CorsSettings
from proxygen.runtime.settings.credentials import ClientCredentialsSettings, StaticHeaderSettings
from proxygen.runtime.settings.edge import EdgeSettings
from proxygen.runtime.settings.jwks import JwksSettings
from proxygen.runtime.settings.problems import PREFIX, SettingsError
from proxygen.runtime.settings.rate_limit import RateLimitSettings
from proxygen.runtime.settings.request_limits import RequestLimits
from proxygen.runtime.settings.security_headers import SecurityHeaderSettings
from proxygen.runtime.settings.server import ServerSettings
from proxygen.runtime.settings.services import Service, ServiceSettings, TimeoutOverrides
from proxygen.runtime.settings.tls import TlsSettings

__all__ = [
    "PREFIX",
    "ClientCredentialsSettings",
    "CorsSettings",
    "EdgeSettings",
    "JwksSettings",
    "RateLimitSettings",
    "RequestLimits",
    "SecurityHeaderSettings",
    "ServerSettings",
    "Service",
    "ServiceSettings",
    "SettingsError",
    "StaticHeaderSettings",
    "TimeoutOverrides",
    "TlsSettings",
]
