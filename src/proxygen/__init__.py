"""proxygen: from the OpenAPI documents of downstream services to the FastAPI edge in front of them."""

__version__ = "0.1.0"
RUNTIME_CONTRACT = 1
"""The number that what is written asks of the runtime that it runs on."""
