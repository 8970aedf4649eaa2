"""Traces: every step of an operation is in them, and not one value."""

import sqlite3
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest

from louver.endpoint import Endpoint
from louver.errors import MisconfiguredError
from louver.observing import wanting
from louver.observing.traces import describe_sql
from louver.settings import Settings
from louver.tracing import read_trace_id, step
from tests.observing.conftest import ROSTER
from tests.observing.scraping import find_port
from tests.server import serving
from tests.world.store import HOLDERS, key_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-00"
GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture
def traced(world_copy, tmp_path):
    """A server in an environment that names a collector; what it sent is there when it has stopped."""
    return serving(world_copy, tmp_path)


@pytest.fixture
def traced_each(world_url, tmp_path):
    """The same on both engines."""
    return serving(world_url, tmp_path)


def read_attributes(span):
    """A span's attributes."""
    return {attribute.key: attribute.value.string_value for attribute in span.attributes}


class TestSteps:
    async def test_all_in_one_trace(self, collector, traced, chief, tmp_path):
        """One request is one trace: who asks, parse, validate, plan, SQL and audit below it; the record names it."""
        async with traced as server:
            response = await server.post(chief, ROSTER)
            await server.post(chief, ROSTER)
        with closing(sqlite3.connect(tmp_path / "audit.db")) as log:
            wanted = "SELECT trace_id FROM audit_records WHERE event = 'access.query' ORDER BY sequence"
            trace_ids = [row[0] for row in log.execute(wanted)]
        first, second = ([span for span in collector.spans if span.trace_id.hex() == id_] for id_ in trace_ids)
        root = next(span for span in first if span.name == "graphql")
        assert {span.parent_span_id for span in first} - {b""} <= {span.span_id for span in first}
        assert {"identify", "parse", "validate", "plan", "sql", "audit"} == {span.name for span in first} - {"graphql"}
        assert {"identify", "plan", "sql", "audit"} == {span.name for span in second} - {"graphql"}
        assert read_attributes(root)["louver.outcome"] == "answered"
        assert read_attributes(root)["louver.request_id"] == response.headers["x-request-id"]

    async def test_statement(self, collector, traced_each, chief, engine_name):
        """A statement's span says which statement it is, in text without parameters."""
        async with traced_each as server:
            await server.post(chief, ROSTER)
        told = [read_attributes(span) for span in collector.spans if span.name == "sql"]
        assert {engine_name} == {attributes["db.system.name"] for attributes in told}
        assert any("FROM officers" in attributes.get("db.query.text", "") for attributes in told)

    async def test_fault(self, collector, traced, chief):
        """What was refused for want of a part of ours is an error in its trace; a refusal is not."""
        async with traced as server:
            await server.post(chief, "{ nonsense }")
            store = server.service.store
            store._timeout_seconds, store._timer = 0, None  # as if nobody had waited for longer before
            assert (await server.post(chief, ROSTER)).status_code == 503
            store._timeout_seconds = 2
        errors = {span.name: span.status.code for span in collector.spans if span.status.code}
        assert errors == {"audit": 2, "graphql": 2}


class TestNoValues:
    async def test_nothing_of_the_client_or_the_rows(self, collector, traced_each, world):
        """Keys, ids, arguments, variables, headers, names in the document and every value read stay out of spans."""
        officers = [row for row in world.rows["Officer"] if row["agency_id"] == HOLDERS["chief"].agency_id]
        query = """query Whitcombezq4711($name: String) {
            officers(first: 7, filter: {lastName: {eq: $name}}) { nodes { id } }
            mine: officers(first: 50, filter: {badgeNumber: {ne: "badge-zq4711"}}) { nodes { id lastName badgeNumber } }
        }"""
        async with traced_each as server:
            for holder in ("chief", "supervisor", "support", "expired chief"):
                key, variables = key_of(holder).text, {"name": officers[0]["last_name"]}
                await server.post(key, query, variables, name="Whitcombezq4711")
                await server.post(key, query, {"name": {"secret-zq4711": 1}})
                await server.post(key, "{ nonsensezq4711 }")
            headers = {"tracestate": "statezq4711=1", "baggage": "officer=baggagezq4711", "user-agent": "agentzq4711"}
            await server.client.post("/graphql?tokenzq4711", content=b"zq4711", headers=headers)
        sent = b"".join(collector.bodies)  # with digests in it: what was planted must be none, even by chance
        planted = [b"zq4711", *(key_of(name).text.encode() for name in HOLDERS), *(row["id"].bytes for row in officers)]
        values = {str(row[name]) for row in officers for name in ("last_name", "badge_number", "id") if row[name]}
        told = {text for span in collector.spans for text in read_attributes(span).values()}
        assert len(collector.spans) > 40
        assert not [text for text in planted if text in sent]
        assert not {text for text in told if values & set(text.split())}
        assert not [span for span in collector.spans if span.events or span.status.message]

    async def test_words_of_exceptions(self, collector, traced, chief, world_copy):
        """A driver's error ends a span without its words."""
        async with traced as server:
            with closing(sqlite3.connect(world_copy.removeprefix("sqlite:///"))) as store:
                store.execute("ALTER TABLE officers RENAME TO mislaid")
            assert (await server.post(chief, ROSTER)).status_code == 500
        spans = {span.name: span for span in collector.spans}
        assert spans["graphql"].status.code == 2
        assert not [span for span in spans.values() if span.events or span.status.message]
        assert b"no such table" not in b"".join(collector.bodies)


class TestStatementText:
    def test_parameters_alone(self):
        """Our statements bind their values, so their text may be told."""
        texts = [path.read_text() for path in GOLDEN.glob("*.sql")]
        assert len(texts) > 10
        assert all("db.query.text" in describe_sql(text, "sqlite") for text in texts)

    @pytest.mark.parametrize("literal", ["'Whitcombe'", "4711", "47.11", "-3", "E'x'", "''"])
    def test_literal(self, literal):
        """A statement with a literal in it, however it came there, is told by its digest alone."""
        assert list(describe_sql(f"SELECT id FROM officers WHERE badge_number = {literal}", "sqlite")) == [
            "db.system.name",
            "louver.statement",
        ]


class TestClientsTrace:
    async def test_only_the_id(self, collector, traced, chief):
        """A client's trace id is taken, and nothing else: not its span, nor that it would not be sampled."""
        async with traced as server:
            await server.client.post(
                "/graphql", json={"query": ROSTER}, headers={"authorization": f"Bearer {chief}", "traceparent": PARENT}
            )
        roots = [span for span in collector.spans if span.name == "graphql"]
        assert [(span.trace_id.hex(), span.parent_span_id) for span in roots] == [(TRACE, b"")]

    @pytest.mark.parametrize(
        ("sent", "expected"),
        [
            (PARENT, TRACE),
            (f"01-{TRACE}-00f067aa0ba902b7-01-more", TRACE),
            (f"00-{TRACE}-00f067aa0ba902b7-01-more", None),
            (f"ff-{TRACE}-00f067aa0ba902b7-01", None),
            (f"00-{'0' * 32}-00f067aa0ba902b7-01", None),
            (f"00-{TRACE}-{'0' * 16}-01", None),
            (f"00-{TRACE.upper()}-00f067aa0ba902b7-01", None),
            (f"{PARENT}, {PARENT}", None),
            (f"{PARENT}\n", None),
            ("Whitcombe", None),
            ("", None),
            (None, None),
        ],
    )
    def test_form(self, sent, expected):
        """What is not of the standard's form is no trace id, in a trace as in the record."""
        assert read_trace_id(sent) == expected


class TestOff:
    async def test_by_default(self, world_copy, tmp_path):
        """Without a collector named there are no spans: the endpoint is the bare one."""
        async with serving(world_copy, tmp_path) as server:
            assert type(server.service.endpoint) is Endpoint
        assert step("parse") is step("plan")

    async def test_by_setting(self, collector, world_copy, tmp_path, chief):
        """`off` holds whatever the environment says."""
        async with serving(world_copy, tmp_path, traces="off") as server:
            await server.post(chief, ROSTER)
        assert collector.bodies == []

    def test_extra_missing(self, monkeypatch):
        """Where the exporter is not installed, asking for it is refused; an environment that names one is not."""
        monkeypatch.setattr(wanting, "_EXPORTER", "opentelemetry_absent.exporter")
        with pytest.raises(MisconfiguredError, match="not installed"):
            wanting.wants_traces(Settings(traces="otlp"))
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
        assert wanting.wants_traces(Settings()) is False

    def test_setting_of_ours(self):
        """Another word is refused."""
        with pytest.raises(MisconfiguredError, match="LOUVER_TRACES"):
            wanting.wants_traces(Settings(traces="yes"))

    async def test_no_collector_there(self, world_copy, tmp_path, chief, monkeypatch):
        """A collector that does not answer costs no answer."""
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{find_port()}")
        async with serving(world_copy, tmp_path) as server:
            assert (await server.post(chief, ROSTER)).status_code == 200


def test_installed():
    """The tests have the extra."""
    assert find_spec(wanting._EXPORTER)
