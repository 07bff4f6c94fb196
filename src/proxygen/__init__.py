"""proxygen: from the OpenAPI documents of downstream services to the FastAPI edge in front of them."""

__version__ = "0.1.0"
