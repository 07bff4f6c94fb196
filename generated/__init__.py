"""api-gateway-service: the edge in front of batch_orchestrator, bff_teacher, class_management,
file_service, identity, result_aggregator.
"""

from __future__ import annotations

from proxygen.runtime import require_contract

require_contract(1)

# The runtime is checked before anything else of it is imported, hence the order.
from .app import EDGE, ROUTERS, create_app  # noqa: E402
from .providers import providers  # noqa: E402

__all__ = ["EDGE", "ROUTERS", "create_app", "providers"]
