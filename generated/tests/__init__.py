"""Generated tests of api-gateway-service."""
