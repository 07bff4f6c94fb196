"""What a configuration says, what it may not say, and what holds where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from proxygen.config.model import Config
from proxygen.config.read import load_config
from proxygen.diagnostics import Diagnostic, InputRefused

FULL = """\
retries = 1
[gateway]
name = "api-gateway-service"
output = "../edge"

[identity]
on_client_value = "replace"
[identity.claims]
user_id = ["sub"]
[identity.fields]
user_id = ["user_id", "X-User-ID"]
org_id = ["org_id"]
[identity.scopes]
"orders:read" = "orders.read"

[headers]
owned = ["X-Tenant"]
allow = ["X-B", "x-a"]
deny_response = ["X-Debug"]

[validation]
requests = "report"
formats = ["email"]
[errors]
format = "problem"
[metrics]
prefix = "edge_"
[timeouts]
connect = 1

[services.orders]
spec = "orders.yaml"
base_url_env = "ORDERS_BASE"
prefix = "/v1"
strip = "/internal/v1"
base_path = "/"
auth = "optional"
timeouts = { connect = 2.0, pool = 1, write = 3, read = 30.0, idle = 5, total = 60.0 }
retries = 0
validation = { requests = "enforce", formats = [] }
on_client_value = "report"
strict = true
contracts = { Order = "common.orders:OrderV1" }
waive = [{ field = "owner", reason = "a warehouse" }]

[services.orders.operations.createOrder]
path = "/v1/orders/{id}"
auth = "public"
timeouts = { total = 10.0 }
retries = 2
idempotent = true
bind."/buyer/id" = "user_id"
bind."query:org" = { field = "org_id", absent = "omit", absent_parent = "skip" }
waive = [{ field = "author_id", reason = "the author" }]
validation = "off"
on_client_value = "reject"

[services.teacher]
mode = "passthrough"
prefix = "/bff/v1/teacher"
methods = ["GET", "POST"]
"""


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "orders.yaml").write_text("openapi: 3.1.0\n")
    return folder


def configured(specs: Path, text: str) -> Config:
    (specs / "proxygen.toml").write_text(text, encoding="utf-8")
    return load_config(specs)


def refusal(specs: Path, text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(InputRefused) as refused:
        configured(specs, text)
    return refused.value.diagnostics


def test_every_key_is_read(specs: Path) -> None:
    config = configured(specs, FULL)
    assert config.gateway_name == "api-gateway-service"
    assert config.output == specs / "../edge"
    assert config.retries == 1
    assert config.identity.on_client_value == "replace"
    assert config.identity.claims == {"user_id": ("sub",)}
    assert config.identity.fields == {"user_id": ("user_id", "X-User-ID"), "org_id": ("org_id",)}
    assert config.identity.scopes == {"orders:read": "orders.read"}
    assert config.identity.location is not None
    assert config.headers.owned == ("x-tenant",)
    assert config.headers.allow == ("x-a", "x-b")
    assert config.headers.deny_response == ("x-debug",)
    assert (config.validation_requests, config.validation_formats) == ("report", ("email",))
    assert (config.error_format, config.metrics_prefix) == ("problem", "edge_")
    assert config.timeouts.connect == 1.0
    assert [service.name for service in config.services] == ["orders", "teacher"]


def test_every_key_of_a_service_is_read(specs: Path) -> None:
    orders, teacher = configured(specs, FULL).services
    assert orders.spec == specs / "orders.yaml"
    assert orders.base_url_env == "ORDERS_BASE"
    assert (orders.prefix, orders.strip, orders.base_path) == ("/v1", "/internal/v1", "/")
    assert (orders.auth, orders.retries, orders.strict) == ("optional", 0, True)
    times = orders.timeouts
    assert (times.connect, times.pool, times.write) == (2.0, 1.0, 3.0)
    assert (times.read, times.idle, times.total) == (30.0, 5.0, 60.0)
    assert (orders.validation_requests, orders.validation_formats) == ("enforce", ())
    assert orders.on_client_value == "report"
    assert orders.contracts == {"Order": "common.orders:OrderV1"}
    assert [(item.field, item.reason) for item in orders.waive] == [("owner", "a warehouse")]
    assert teacher.spec is None
    assert (teacher.mode, teacher.prefix) == ("passthrough", "/bff/v1/teacher")
    assert teacher.methods == ("GET", "POST")
    assert teacher.base_url_env == "TEACHER_URL"


def test_every_key_of_an_operation_is_read(specs: Path) -> None:
    operation = configured(specs, FULL).services[0].operations["createOrder"]
    assert (operation.key, operation.path) == ("createOrder", "/v1/orders/{id}")
    assert (operation.auth, operation.retries, operation.idempotent) == ("public", 2, True)
    assert operation.timeouts.total == 10.0
    assert (operation.validation, operation.on_client_value) == ("off", "reject")
    body, query = operation.bind
    assert (body.target, body.field, body.absent) == ("/buyer/id", "user_id", None)
    assert (query.target, query.field) == ("query:org", "org_id")
    assert (query.absent, query.absent_parent) == ("omit", "skip")
    assert operation.waive[0].field == "author_id"


def test_parts_keep_where_they_were_written(specs: Path) -> None:
    text = "\n[services.orders.operations.a]\n  bind.'/x' = 'user_id'\n"
    text += "waive = [\n  { field = 'a', reason = 'b' },\n]\n"
    operation = configured(specs, text).services[0].operations["a"]
    assert (operation.location.line, operation.location.column) == (2, 29)
    assert (operation.bind[0].location.line, operation.bind[0].location.column) == (3, 8)
    assert (operation.waive[0].location.line, operation.waive[0].location.column) == (5, 3)
    assert operation.location.file == "specs/proxygen.toml"


def test_a_folder_with_one_document_needs_no_configuration(specs: Path) -> None:
    config = load_config(specs)
    assert config.file is None
    assert config.output == specs.parent / "generated"
    assert config.gateway_name == "api-gateway"
    assert config.identity.fields is None
    (service,) = config.services
    assert (service.name, service.mode) == ("orders", "typed")
    assert service.spec == specs / "orders.yaml"
    assert service.base_url_env == "ORDERS_URL"


def test_documents_beside_configured_services_are_services(specs: Path) -> None:
    (specs / "users.json").write_text('{"openapi": "3.1.0"}')
    (specs / ".hidden.json").write_text("{}")
    (specs / "notes.md").write_text("")
    (specs / "folder.yaml").mkdir()
    config = configured(specs, "[services.orders]\nauth = 'public'\n")
    assert [service.name for service in config.services] == ["orders", "users"]


def test_a_named_spec_is_not_a_second_service(specs: Path) -> None:
    config = configured(specs, "[services.shop]\nspec = 'orders.yaml'\n")
    assert [service.name for service in config.services] == ["shop"]


def test_one_document_is_built_with_its_folders_configuration(specs: Path) -> None:
    (specs / "users.json").write_text("{}")
    (specs / "proxygen.toml").write_text(FULL)
    config = load_config(specs / "orders.yaml")
    assert [service.name for service in config.services] == ["orders"]
    assert config.services[0].base_url_env == "ORDERS_BASE"
    assert config.folder == specs


def test_the_command_line_wins(specs: Path, tmp_path: Path) -> None:
    (specs / "proxygen.toml").write_text("[gateway]\nname = 'other'\n")
    elsewhere = specs / "edge.toml"
    elsewhere.write_text("[gateway]\noutput = 'x'\n")
    config = load_config(
        specs, output=tmp_path / "out", config=elsewhere, templates=tmp_path / "templates"
    )
    assert config.gateway_name == "api-gateway"
    assert (config.output, config.templates) == (tmp_path / "out", tmp_path / "templates")


def test_pyproject_serves_where_there_is_no_proxygen_toml(specs: Path) -> None:
    project = specs / "pyproject.toml"
    project.write_text("[project]\nname = 'x'\n[tool.proxygen.gateway]\nname = 'from-project'\n")
    assert load_config(specs).gateway_name == "from-project"
    project.write_text("[tool.proxygen.gateway]\nnaem = 'x'\n")
    with pytest.raises(InputRefused) as refused:
        load_config(specs)
    (found,) = refused.value.diagnostics
    assert (found.location.file, found.location.line) == ("specs/pyproject.toml", 2)
    (specs / "proxygen.toml").write_text("")
    assert load_config(specs).gateway_name == "api-gateway"


def test_a_configuration_beside_the_folder_is_refused_and_not_passed_over(
    specs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = specs.parent / "pyproject.toml"
    project.write_text("[tool.proxygen.gateway]\nname = 'from-project'\n")
    monkeypatch.chdir(specs)
    for folder, shown in ((specs, project.as_posix()), (Path(), "../pyproject.toml")):
        with pytest.raises(InputRefused) as refused:
            load_config(folder)
        (found,) = refused.value.diagnostics
        assert (found.rule, found.location.file) == ("configuration-astray", shown)
    assert load_config(specs, config=project).gateway_name == "from-project"
    project.write_text("[project]\nname = 'x'\n")
    assert load_config(specs).gateway_name == "api-gateway"


@pytest.mark.parametrize(
    ("text", "rule", "line", "column", "words"),
    [
        ("[gatway]\n", "unknown-key", 1, 2, "Did you mean `gateway`?"),
        ("[gateway]\nnam = 'x'\n", "unknown-key", 2, 1, "Did you mean `name`?"),
        (
            "[services.orders]\ntimeouts = { conect = 2.0 }\n",
            "unknown-key",
            2,
            14,
            "Did you mean `connect`?",
        ),
        (
            "[services.orders.operations.a]\nwaive = [{ field = 'x', raeson = 'y' }]\n",
            "unknown-key",
            2,
            25,
            "Did you mean `reason`?",
        ),
        (
            "[services.orders.operations.a]\nbind.'/x' = { field = 'user_id', absnt = 'null' }\n",
            "unknown-key",
            2,
            34,
            "Did you mean `absent`?",
        ),
        ("[services.orders]\nstrict = 'yes'\n", "wrong-type", 2, 1, "the string 'yes'"),
        ("[services.orders]\nretries = true\n", "wrong-type", 2, 1, "the boolean true"),
        ("[services.orders]\nretries = 1.5\n", "wrong-type", 2, 1, "1.5"),
        ("[services.orders]\nretries = -1\n", "bad-value", 2, 1, "-1"),
        ("[services.orders]\nretries = 99\n", "bad-value", 2, 1, "99"),
        ("[services]\norders = 1\n", "wrong-type", 2, 1, "`services.orders` is 1."),
        ("[timeouts]\nread = '2'\n", "wrong-type", 2, 1, "the string '2'"),
        ("[timeouts]\nread = 0\n", "bad-value", 2, 1, "0"),
        ("[timeouts]\nread = inf\n", "bad-value", 2, 1, "inf"),
        ("[timeouts]\nread = nan\n", "bad-value", 2, 1, "nan"),
        ("[errors]\nformat = 'problme'\n", "bad-value", 2, 1, "Did you mean `problem`?"),
        ("[errors]\nformat = 3\n", "wrong-type", 2, 1, "is 3."),
        ("[services.orders]\nmode = 'passthru'\n", "bad-value", 2, 1, "Did you mean `passthrough`"),
        (
            "[services.orders.operations.a]\nbind.'/x' = 'userid'\n",
            "bad-value",
            2,
            6,
            "Did you mean `user_id`?",
        ),
        ("[services.orders.operations.a]\nbind.'x' = 'user_id'\n", "bind-target", 2, 6, "'x'"),
        ("[services.orders.operations.a]\nbind.'query:' = 'user_id'\n", "bind-target", 2, 6, ""),
        ("[services.orders]\nprefix = 'v1'\n", "bad-value", 2, 1, "'v1'"),
        ("[services.orders]\nprefix = '//x'\n", "bad-value", 2, 1, "'//x'"),
        ("[services.orders]\nstrip = '/a/../b'\n", "bad-value", 2, 1, "'/a/../b'"),
        ("[services.orders]\nbase_path = '/a?b'\n", "bad-value", 2, 1, "'/a?b'"),
        ("[services.orders]\nprefix = '/{a}'\n", "bad-value", 2, 1, "'/{a}'"),
        ("[services.orders]\nmethods = ['GET']\n", "bad-value", 2, 1, "`methods`"),
        ("[services.orders]\nbase_url_env = 'A-B'\n", "bad-value", 2, 1, "'A-B'"),
        ("[services.orders]\ncontracts = { A = 'x' }\n", "bad-value", 2, 15, "'x'"),
        ("[services.order]\n", "service-without-document", 1, 11, "Did you mean `orders.yaml`?"),
        (
            "[services.x]\nspec = 'order.yaml'\n",
            "service-without-document",
            2,
            1,
            "Did you mean `orders.yaml`?",
        ),
        ("[services.x]\nspec = '../x.yaml'\n", "outside-folder", 2, 1, "`../x.yaml`"),
        ("[services.x]\nmode = 'passthrough'\n", "missing-key", 1, 11, "no prefix"),
        (
            "[services.x]\nmode = 'passthrough'\nprefix = '/x'\nspec = 'orders.yaml'\n",
            "bad-value",
            4,
            1,
            "names a document",
        ),
        ("[services.class]\nspec = 'orders.yaml'\n", "service-name", 1, 11, "`class`"),
        ("[services.tests]\nspec = 'orders.yaml'\n", "service-name", 1, 11, "`tests`"),
        ("[services.__init__]\nspec = 'orders.yaml'\n", "service-name", 1, 11, "`__init__`"),
        ("[services.'a/../b']\nspec = 'orders.yaml'\n", "service-name", 1, 11, ""),
        (
            "[identity.fields]\nuser_id = ['owner']\norg_id = ['x', 'OWNER']\n",
            "identity-field-twice",
            3,
            16,
            "`OWNER`",
        ),
        ("[identity.claims]\nuser_id = []\n", "bad-value", 2, 1, "an empty array"),
        ("[headers]\nallow = ['X A']\n", "bad-value", 2, 10, "'X A'"),
        ('[gateway]\nname = "a\\r\\nb"\n', "bad-value", 2, 1, "'a\\r\\nb'"),
        ("[gateway]\nname = 'a'\nname = 'b'\n", "toml-syntax", 3, 11, "Cannot overwrite"),
        ("[gateway\n", "toml-syntax", 1, 9, "TOML"),
        ("[services.orders.operations.a]\nwaive = [{ field = 'x' }]\n", "missing-key", 2, 10, ""),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    specs: Path, text: str, rule: str, line: int, column: int, words: str
) -> None:
    found = next((item for item in refusal(specs, text) if item.rule == rule), None)
    assert found is not None
    assert (found.location.file, found.location.line, found.location.column) == (
        "specs/proxygen.toml",
        line,
        column,
    )
    assert words in found.found
    assert found.cure.endswith(".")


def test_all_that_does_not_fit_is_reported_together(specs: Path) -> None:
    text = "[gateway]\nnam = 'x'\n[timeouts]\nread = 0\n[services.orders]\nprefix = 'x'\n"
    assert [item.location.line for item in refusal(specs, text)] == [2, 4, 6]


def test_a_configuration_that_is_not_utf_8_is_refused(specs: Path) -> None:
    (specs / "proxygen.toml").write_bytes(b"[gateway]\nname = '\xe5'\n")
    with pytest.raises(InputRefused) as refused:
        load_config(specs)
    assert refused.value.diagnostics[0].rule == "not-utf-8"


def test_a_missing_folder_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    for folder, rule in ((tmp_path / "none", "missing-folder"), (tmp_path, "empty-folder")):
        with pytest.raises(InputRefused) as refused:
            load_config(folder)
        assert [item.rule for item in refused.value.diagnostics] == [rule]


def test_a_missing_configuration_file_is_refused(specs: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        load_config(specs, config=specs / "none.toml")
    assert refused.value.diagnostics[0].rule == "unreadable-file"


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("Order API.v2", "order_api_v2"),
        ("orderApi", "order_api"),
        ("HTTPServer", "http_server"),
        ("class", "class_service"),
        ("json", "json_service"),
        ("__init__", "init"),
        ("tests", "tests_service"),
        ("operations", "operations_service"),
        ("CON", "con_service"),
        ("1st", "service_1st"),
        ("å", "service"),
        ("x" * 200, "x" * 54),
    ],
)
def test_a_document_names_its_service_safely(tmp_path: Path, stem: str, name: str) -> None:
    (tmp_path / f"{stem}.yaml").write_text("")
    (service,) = load_config(tmp_path).services
    assert service.name == name


def test_two_documents_of_one_name_are_refused(specs: Path) -> None:
    (specs / "orders.json").write_text('{"openapi": "3.1.0"}')
    with pytest.raises(InputRefused) as refused:
        load_config(specs)
    (found,) = refused.value.diagnostics
    assert found.rule == "duplicate-service"
    assert {found.location.file, *(item.file for item in found.related)} == {
        "specs/orders.json",
        "specs/orders.yaml",
    }


@pytest.mark.parametrize(
    "text", ["Money: {type: object}", "overlay: 1.0.0\nactions: []", "a:\n  openapi: 3.1.0"]
)
def test_a_file_without_a_version_of_openapi_is_no_service(specs: Path, text: str) -> None:
    (specs / "part.yaml").write_text(text)
    config = load_config(specs)
    assert [service.name for service in config.services] == ["orders"]
    assert [path.name for path in config.parts] == ["part.yaml"]


@pytest.mark.parametrize("text", ["", "[]", "42", "<html>", "a: [", "openapi: 3.1.0", "swagger: 2"])
def test_a_file_that_may_be_a_document_is_a_service(specs: Path, text: str) -> None:
    (specs / "users.yaml").write_text(text)
    config = load_config(specs)
    assert [service.name for service in config.services] == ["orders", "users"]


def test_a_file_that_the_configuration_names_is_a_service_whatever_it_holds(specs: Path) -> None:
    (specs / "users.yaml").write_text("a: 1")
    (specs / "more.yaml").write_text("a: 1")
    config = configured(specs, "[services.users]\n[services.others]\nspec = 'more.yaml'\n")
    assert {service.name for service in config.services} == {"orders", "others", "users"}
    assert config.parts == ()


def test_a_folder_of_parts_alone_holds_no_document(tmp_path: Path) -> None:
    (tmp_path / "part.yaml").write_text("a: 1")
    with pytest.raises(InputRefused) as refused:
        load_config(tmp_path)
    assert [item.rule for item in refused.value.diagnostics] == ["empty-folder"]
    assert "part.yaml" in refused.value.diagnostics[0].found


SELECTING = """\
[services.orders]
overlays = ["a.yaml", "b.yaml"]
include = { paths = ["/v1/*"], methods = ["GET"] }
exclude = { tags = ["internal"], operations = ["drop*"] }
[services.orders.references]
"https://example.com/common.yaml" = { file = "a.yaml", sha256 = "%s" }
"""


def test_overlays_selection_and_references_keep_their_places(specs: Path) -> None:
    (specs / "a.yaml").write_text("overlay: 1.0.0")
    (specs / "b.yaml").write_text("overlay: 1.0.0")
    (orders,) = configured(specs, SELECTING % ("ab" * 32)).services
    assert [path.name for path in orders.overlays] == ["a.yaml", "b.yaml"]
    assert [(item.text, item.location.line) for item in orders.include.paths] == [("/v1/*", 3)]
    assert [item.text for item in orders.include.methods] == ["GET"]
    assert [item.text for item in orders.exclude.tags] == ["internal"]
    assert [item.text for item in orders.exclude.operations] == ["drop*"]
    copy = orders.references["https://example.com/common.yaml"]
    assert (copy.file.name, copy.sha256, copy.location.line) == ("a.yaml", "ab" * 32, 6)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("overlays = ['nowhere.yaml']", "missing-file"),
        ("overlays = ['../outside.yaml']", "outside-folder"),
        ("references.'https://e.com/x' = {file = '../x', sha256 = '%s'}", "outside-folder"),
        ("references.'https://e.com/x' = {file = 'x', sha256 = '%s'}", "missing-file"),
        ("references.'common.yaml' = {file = 'x', sha256 = '%s'}", "bad-value"),
        ("references.'https://e.com/x' = {file = 'orders.yaml', sha256 = '12'}", "bad-value"),
        ("include = {path = ['/a']}", "unknown-key"),
        ("exclude = {methods = ['get']}", "bad-value"),
    ],
)
def test_what_a_service_reads_lies_inside_the_folder_and_exists(
    specs: Path, text: str, rule: str
) -> None:
    (specs.parent / "outside.yaml").write_text("overlay: 1.0.0")
    with pytest.raises(InputRefused) as refused:
        configured(specs, "[services.orders]\n" + text.replace("%s", "0" * 64))
    (found,) = refused.value.diagnostics
    assert (found.rule, found.location.line) == (rule, 2)
