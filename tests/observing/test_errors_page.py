"""docs/errors.md: whatever Louver can refuse is on it, with its cause and what to do."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import louver
from louver.authz.findings import Fault
from louver.authz.vocabulary import Reason
from louver.cli import main
from louver.errors import LouverError, RefusedError, UnavailableError
from louver.resolvers.notes import code_of
from louver.resolvers.viewpoint import Access
from louver.statuses import _BY_CODE, status_of_code
from tests.observing.conftest import ROSTER

PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### (\w+)\n\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL))
SOURCES = [path for path in sorted(Path(louver.__path__[0]).rglob("*.py")) if "proof" not in path.parts]
"""Of what serves; the proof's stand-ins answer nobody."""
_CODE_IN_SOURCE = re.compile(r"""["']?\bcode\b["']?\]?(?:: ClassVar\[str\])?\s*[:=]\s*["']([A-Z][A-Z_]{3,})["']""")
ADD = "add a section `### {}` with **Cause.** and **What to do.** to docs/errors.md"


def list_kinds():
    """Every class of error that any module of the package defines."""
    for module in pkgutil.walk_packages(louver.__path__, "louver."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    kinds = [LouverError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return kinds


def list_codes():
    """Every code: of a class, with a status, of a denial, or written into an error's extensions."""
    written = {code for path in SOURCES for code in _CODE_IN_SOURCE.findall(path.read_text(encoding="utf-8"))}
    denials = {code_of(reason) for reason in Reason}
    return {kind.code for kind in list_kinds()} | set(_BY_CODE) | denials | written


class TestPage:
    def test_every_code_has_an_anchor(self):
        """No code is without its section."""
        assert [ADD.format(code) for code in sorted(list_codes() - set(SECTIONS))] == []

    @pytest.mark.parametrize("code", SECTIONS)
    def test_teaches(self, code):
        """Each section says why, and what to do about it."""
        assert re.search(r"\*\*Cause\.\*\* \S.*\*\*What to do\.\*\* \S", SECTIONS[code], re.DOTALL)

    @pytest.mark.parametrize("code", sorted(_BY_CODE))
    def test_status(self, code):
        """The status is the one that is sent."""
        assert SECTIONS[code].startswith(f"Status {status_of_code(code)}")

    @pytest.mark.parametrize(
        "word", [*Reason, *Fault, *(access for access in Access if access is not Access.FULL), "SUPPRESSED"]
    )
    def test_words(self, word):
        """Every reason, fault and degree of access that is told is explained."""
        assert f"`{word}`" in PAGE

    def test_full_access_is_not_told(self):
        """Full access has no word, since no answer speaks of it."""
        assert f"`{Access.FULL}`" not in PAGE

    def test_example(self):
        """The command on the page answers what stands below it."""
        command, output = re.findall(r"^\$ louver (.*)\n((?:.*\n)+?)```$", PAGE, re.MULTILINE)[0]
        done = CliRunner().invoke(main, command.split(), prog_name="louver")
        assert (done.stderr, done.exit_code) == (output, 2)

    def test_links(self):
        """Links lead to sections."""
        anchors = set(re.findall(r"\]\(#(\w+)\)", PAGE))
        assert anchors
        assert anchors <= {code.lower() for code in SECTIONS}


class TestHints:
    def test_where_raised(self):
        """Every error that the caller can act on, or try again after, is made with a hint."""
        names = {kind.__name__ for kind in list_kinds() if issubclass(kind, RefusedError | UnavailableError)}
        silent = [
            f"{path.name}:{call.lineno}"
            for path in SOURCES
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(call, ast.Call)
            and getattr(call.func, "id", None) in names
            and not any(keyword.arg == "hint" for keyword in call.keywords)
        ]
        assert silent == []

    @pytest.mark.parametrize("kind", list_kinds(), ids=lambda kind: kind.__name__)
    def test_extensions(self, kind):
        """Every error renders its code and its hint."""
        assert kind("It is so.", hint="do this").as_extensions() == {"code": kind.code, "hint": "do this"}


REQUESTS = {
    "get": {"method": "GET"},
    "no json": {"content": b"{"},
    "form": {"data": {"query": ROSTER}},
    "not acceptable": {"json": {"query": ROSTER}, "headers": {"accept": "text/html"}},
    "too large": {"content": b" " * 1_000_001, "headers": {"content-type": "application/json"}},
    "no query": {"json": {"query": 1}},
    "variables no object": {"json": {"query": ROSTER, "variables": [1]}},
    "syntax": {"json": {"query": "{"}},
    "unknown field": {"json": {"query": "{ nonsense }"}},
    "variable missing": {"json": {"query": "query ($id: ID!) { officer(id: $id) { id } }"}},
    "no such operation": {"json": {"query": ROSTER, "operationName": "Absent"}},
    "subscription": {"json": {"query": "subscription { x }"}},
    "page too large": {"json": {"query": "{ officers(first: 1000000) { nodes { id } } }"}},
    "denied filter": {"json": {"query": '{ officers(filter: {employeeId: {eq: "x"}}) { nodes { id } } }'}},
    "denied mode": {"json": {"query": ROSTER}, "headers": {"louver-denied": "loud"}},
    "change": {"json": {"query": 'mutation { retireRole(input: {name: "x", reason: "x"}) { name } }'}},
}


class TestOverHttp:
    @pytest.fixture
    async def refused(self, served, auditor, request):
        """The errors of a request that is refused, with a key and without."""
        options = {"method": "POST", **REQUESTS[request.param]}
        answers = []
        for credential in ({"authorization": f"Bearer {auditor}"}, {}):
            headers = {**options.get("headers", {}), **credential}
            answers.append(await served.client.request(url="/graphql", **{**options, "headers": headers}))
        return answers

    @pytest.mark.parametrize("refused", REQUESTS, indirect=True)
    async def test_code_and_hint(self, refused):
        """Whatever is refused, each error has a code with an anchor, and a hint; and there is no `data`."""
        for answer in refused:
            body = answer.json()
            assert "data" not in body
            assert body["errors"]
            for error in body["errors"]:
                assert error["extensions"]["code"] in SECTIONS
                assert error["extensions"]["hint"]
