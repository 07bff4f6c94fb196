"""What is an origin, what is refused before anything is asked, and that no secret is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from proxygen.diagnostics import InputRefused
from proxygen.supply.origin import Kind, Origin, git_origin, parse_origin


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://h/openapi.json", Origin(kind=Kind.HTTP, where="https://h/openapi.json")),
        ("http://[::1]:80/o?v=1", Origin(kind=Kind.HTTP, where="http://[::1]:80/o?v=1")),
        ("../a/openapi.yaml", Origin(kind=Kind.FILE, where="../a/openapi.yaml")),
        ("file:///srv/a%20b.yaml", Origin(kind=Kind.FILE, where="/srv/a b.yaml")),
        (
            "git+https://h/r.git@v2#api/o.yaml",
            Origin(kind=Kind.GIT, where="https://h/r.git", ref="v2", path="api/o.yaml"),
        ),
        (
            "git+ssh://git@h/r.git#o.yaml",
            Origin(kind=Kind.GIT, where="ssh://git@h/r.git", ref="HEAD", path="o.yaml"),
        ),
        (
            "git+ssh://git@h/r.git@feature/x#o.yaml",
            Origin(kind=Kind.GIT, where="ssh://git@h/r.git", ref="feature/x", path="o.yaml"),
        ),
        (
            "git+..@main#o.yaml",
            Origin(kind=Kind.GIT, where="..", ref="main", path="o.yaml"),
        ),
        (
            "git+../r@main#o.yaml",
            Origin(kind=Kind.GIT, where="../r", ref="main", path="o.yaml"),
        ),
    ],
)
def test_an_origin_is_read_and_written_back(text: str, expected: Origin) -> None:
    assert parse_origin(text) == expected
    assert parse_origin(str(expected)) == expected


def test_the_short_form_of_ssh_is_a_url() -> None:
    assert str(git_origin("git@h:team/r.git", "main", "o.yaml")) == (
        "git+ssh://git@h/team/r.git@main#o.yaml"
    )


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "origin-syntax"),
        ("https://h/a\nb", "origin-syntax"),
        ("ftp://h/o.yaml", "origin-syntax"),
        ("https:///o.yaml", "origin-syntax"),
        ("https://h:x/o.yaml", "origin-syntax"),
        ("file://other/o.yaml", "origin-syntax"),
        ("git+http://h/r@v#o.yaml", "origin-syntax"),
        ("git+ext::sh -c touch% x@v#o.yaml", "origin-syntax"),
        ("git+ssh://-oProxyCommand=x/r@v#o.yaml", "origin-syntax"),
        ("git+--upload-pack=x/r@v#o.yaml", "origin-syntax"),
        ("git+https://h/r@--upload-pack=x#o.yaml", "origin-syntax"),
        ("git+https://h/r@v#../o.yaml", "origin-syntax"),
        ("git+https://h/r@v", "origin-syntax"),
        ("https://u:hidden@h/o.yaml", "origin-credentials"),
        ("https://hidden@h/o.yaml", "origin-credentials"),
        ("https://h/o.yaml?access_token=hidden", "origin-credentials"),
        ("https://h/o.yaml?X-Amz-Signature=hidden", "origin-credentials"),
        ("git+https://u:hidden@h/r@v#o.yaml", "origin-credentials"),
        ("git+ssh://u:hidden@h/r@v#o.yaml", "origin-credentials"),
    ],
)
def test_an_origin_is_refused_without_its_secret(text: str, rule: str) -> None:
    with pytest.raises(InputRefused) as refused:
        parse_origin(text)
    (found,) = refused.value.diagnostics
    assert found.rule == rule
    assert "hidden" not in str(found)


def test_a_path_is_kept_relative_to_the_documents() -> None:
    assert parse_origin("svc/o.yaml").seen_from(Path("specs")).where == "../svc/o.yaml"
    assert parse_origin("https://h/o").seen_from(Path("specs")).where == "https://h/o"
