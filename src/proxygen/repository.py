"""The environment in which git is asked about the repository that a folder is in."""

from __future__ import annotations

import os
from typing import Final

_OF_A_HOOK: Final = frozenset(
    {
        *("GIT_COMMON_DIR", "GIT_DIR", "GIT_INDEX_FILE"),
        *("GIT_NAMESPACE", "GIT_PREFIX", "GIT_WORK_TREE"),
    }
)


def git_environment() -> dict[str, str]:
    """The person's own, less what git tells its hooks: with `GIT_DIR` any folder is a repository's root."""
    return {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
