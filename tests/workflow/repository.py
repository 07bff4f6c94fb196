"""A repository with documents and their edge, in which tests work as a team does: with git and `proxygen`."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CONTRACT = """\
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /orders:
    get:
      operationId: listOrders
      summary: List the orders of the caller
      tags: [Orders]
      parameters:
        - {name: owner_id, in: query, schema: {type: string}}
        - {name: state, in: query, schema: {type: string}}
      responses:
        "200":
          description: The orders.
          content:
            application/json:
              schema: {type: array, items: {$ref: "#/components/schemas/Order"}}
    post:
      operationId: placeOrder
      summary: Place an order
      tags: [Orders]
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: "#/components/schemas/Order"}
      responses:
        "201": {description: Placed.}
components:
  schemas:
    Order:
      type: object
      required: [item]
      properties:
        item:
          type: string
          description: What is ordered
        amount: {type: integer}
"""
CONFIG = """\
[gateway]
name = "shop-edge"

[identity.fields]
user_id = ["owner_id"]
"""
BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Repository:
    """A working tree at `root`."""

    root: Path

    def git(self, *arguments: str) -> str:
        """What git prints; it fails the test where git fails."""
        done = subprocess.run(  # noqa: S603 - no shell
            ["git", "-C", str(self.root), *arguments],  # noqa: S607 - the git of this machine
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={
                **_environment(),
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_CONFIG_SYSTEM": os.devnull,
            },
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def commit(self, message: str) -> None:
        """Everything that is there, as one commit."""
        self.git("add", "--all")
        self.git(
            "-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false",
            "commit", "--quiet", "-m", message,
        )  # fmt: skip

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A command in the root, with this environment's `proxygen` on PATH."""
        return subprocess.run(  # noqa: S603 - no shell
            command,
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env={**_environment(), **environment},
        )

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a file as an editor would."""
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def changed_lines(self, *revisions: str) -> list[tuple[str, str]]:
        """Path and text of each line that was added or removed."""
        lines = []
        path = ""
        for line in self.git("diff", "--unified=0", *revisions).splitlines():
            if line.startswith(("--- ", "+++ ")):
                path = line[6:] if line[4:] != "/dev/null" else path
            elif line.startswith(("+", "-")):
                lines.append((path, line[1:]))
        return lines


def new_repository(root: Path) -> Repository:
    """The documents and their edge in a first commit on `main`."""
    (root / "specs").mkdir(parents=True)
    (root / "specs" / "shop.yaml").write_text(CONTRACT, encoding="utf-8")
    (root / "specs" / "proxygen.toml").write_text(CONFIG, encoding="utf-8")
    repository = Repository(root)
    repository.git("init", "--quiet", "--initial-branch=main")
    built = repository.run("proxygen", "build", "specs")
    assert built.returncode == 0, built.stderr
    repository.commit("The edge of the shop")
    return repository


def _environment() -> dict[str, str]:
    kept = {"HOME": os.environ.get("HOME", "/"), "NO_COLOR": "1"}
    return {**kept, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
