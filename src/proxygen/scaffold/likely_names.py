"""Wire names that say who calls, in the contracts of most services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LIKELY: Final[Mapping[str, tuple[str, ...]]] = {
    "user_id": ("user_id", "owner_id", "X-User-ID"),
    "org_id": (
        "org_id",
        "organization_id",
        "organisation_id",
        "tenant_id",
        "X-Org-ID",
        "X-Tenant-ID",
    ),
}
"""Identity field → names that are proposed for it."""

POSSIBLE: Final = (
    *(
        "account_id",
        "actor_id",
        "author_id",
        "caller_id",
        "created_by",
        "creator_id",
        "customer_id",
    ),
    *("member_id", "on_behalf_of", "principal_id", "requested_by", "subject_id", "updated_by"),
)
"""Names that are the caller's in some services and somebody else's in others: shown, not proposed."""
