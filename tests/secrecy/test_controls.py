"""The grep finds what it is for: a canary is planted in each place that is looked at, as things go there."""

import contextlib
import threading
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from louver.authz.keys import issue_key
from louver.logging import AccessRecord, AuditStore, Event, Outcome, configure_logging
from louver.observing.traces import tracing
from louver.settings import Settings
from louver.stores import upgrade_stores
from tests.observing.scraping import collecting
from tests.secrecy.canaries import Canaries, Hit
from tests.secrecy.kept import Kept, open_stream
from tests.secrecy.taps import tapping
from tests.server import logging_restored

PLANTED = "Thistlewhistle 4711"
HIT = "planted"


@pytest.fixture
def own(tmp_path):
    """A gathering of the test's own, that knows one canary which the run's does not."""
    with Kept(tmp_path / "own") as kept, tapping(kept):
        kept.canaries.add(HIT, PLANTED)
        yield kept


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Keep quiet."""


async def test_log_and_its_stream(own, database_url, tmp_path, request):
    """A record with a canary in it is found in the store, in its rows and its bytes, and on the stream."""
    settings = Settings(database_url=database_url, var=tmp_path)
    await upgrade_stores(settings)
    record = AccessRecord(
        at=datetime.now(UTC),
        event=Event.ACCESS_QUERY,
        outcome=Outcome.ANSWERED,
        user_agent=PLANTED,
        request_id=uuid4(),
        replica="t",
    )
    with logging_restored():
        configure_logging("INFO")
        store = await AuditStore.open(settings)
        await store.append(record)
        await store.close()
    places = {str(own.folder / "lines"), str(own.folder / "sqlite"), str(tmp_path / "audit.db")}
    if database_url.startswith("postgresql"):
        request.getfixturevalue("postgres_cluster").copy_log(urlsplit(database_url).path[1:], own)
        places = {str(own.folder / "lines"), str(own.folder / "postgresql")}
    assert {Hit(HIT, place) for place in places} <= own.find_hits(tmp_path)


async def test_spans(own, tmp_path, monkeypatch):
    """A span with a canary in it is found among those that were sent."""
    with collecting() as (address, collector):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        async with tracing() as traces:
            traces._tracer.start_span(PLANTED).end()
    for body in collector.bodies:
        own.add("spans", body)
    assert own.find_hits(tmp_path / "own") == {Hit(HIT, str(own.folder / "spans"))}


def test_figures(own, tmp_path):
    """A page of figures with a canary in it is found once it was fetched."""
    (tmp_path / "metrics").write_text(f'louver_operations_total{{name="{PLANTED}"}} 1\n')
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        httpx.get(f"http://127.0.0.1:{server.server_address[1]}/metrics")
        server.shutdown()
    assert own.find_hits(tmp_path / "own") == {Hit(HIT, str(own.folder / "metrics"))}


def test_words_of_a_process(own, tmp_path):
    """What a process said on standard error is looked at."""
    with open_stream(tmp_path) as stream:
        stream.write(b'{"event":"x"} ' + PLANTED.encode())
    ((kind, place),) = own.find_hits(tmp_path)
    assert (kind, place.startswith(str(tmp_path / "stderr"))) == (HIT, True)
    (tmp_path / place).unlink()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("key", issue_key().text),
        ("token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2ln"),
        ("cookie", f"__Host-louver={'Q' * 43}"),
        ("password hash", "$argon2id$v=19$m=1024,t=1,p=1$c2FsdA$aGFzaA"),
        ("social security number", "he gave 900-12-3456."),
    ],
    ids=["key", "token", "cookie", "password hash", "number"],
)
def test_shapes(tmp_path, kind, text):
    """What is a secret by its looks is found, though nobody has told of it; ids, instants and digests are none."""
    (tmp_path / "log").write_text(f'{{"said":"{text}"}}')
    (tmp_path / "clean").write_text(
        f"{uuid4()} 2026-03-09T16:05:00.123456Z {'0' * 64} lvr_000000000000 127.0.0.1:80801"
    )
    hits = Canaries().find_in([tmp_path / "log", tmp_path / "clean"], tmp_path)
    assert hits == {Hit(kind, str(tmp_path / "log"))}


async def test_what_is_sent_becomes_a_canary(own, tmp_path):
    """A credential, a cookie, a password and a value become canaries when they are sent; a reason does not."""
    with contextlib.suppress(httpx.TransportError):
        async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as client:
            await send_all(client)
    sent = ["TokenTokenToken", "CookieCookie", "lanterns over asphalt", "Vera 1984", "+1 612 5550", "import is stuck"]
    for number, text in enumerate(sent):
        (tmp_path / f"stderr-{number}").write_text(text)
    found = {int(place.rpartition("-")[2]) for _, place in own.find_hits(tmp_path)}
    for number in range(len(sent)):
        (tmp_path / f"stderr-{number}").unlink()
    assert found == set(range(5))


async def send_all(client):
    """Send one of each; nobody listens."""
    headers = {"authorization": "Bearer TokenTokenToken", "cookie": "__Host-louver=CookieCookie"}
    query = '{ a(filter: {phone: {eq: "+1 612 5550"}}, reason: "import is stuck") }'
    requests = [
        ("/graphql", {"query": query, "variables": {"in": [{"eq": "Vera 1984"}], "reason": "import is stuck"}}),
        ("/auth/login", {"email": "ada@alder.example", "password": "lanterns over asphalt"}),
    ]
    for path, body in requests:
        with contextlib.suppress(httpx.TransportError):
            await client.post(path, json=body, headers=headers)
