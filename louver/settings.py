"""Settings, read once from `LOUVER_*` environment variables and frozen."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from pathlib import Path

from louver.errors import MisconfiguredError


class StatusStyle(StrEnum):
    """Which edition of GraphQL over HTTP the statuses follow."""

    CLASSIC = "400"
    """What today's clients and audits expect: 400, and 200 where application/json is accepted."""
    DRAFT = "422"
    """The edition of 2026: 422, 294 beside partial data, and the same for application/json."""


class GetQueries(StrEnum):
    """Whose queries are taken by GET. Addresses end up in the logs of whatever stands in between."""

    OFF = "off"
    STORED = "stored"
    """Of keys, and only stored operations."""
    KEYS = "keys"
    """Of keys, any query."""
    ALL = "all"
    """Of people too, whose browser sends their cookie along with any address that a page names."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may choose. Every attribute is `LOUVER_<NAME>` in the environment."""

    database_url: str = "sqlite:///var/louver.db"
    audit_url: str = ""
    """Where access records go; empty: beside the records, on SQLite in a file of their own."""
    replica_urls: str = ""
    """Copies of the records' database that queries may read from, separated by commas; see docs/scaling.md."""
    replica_lag_seconds: float = 5.0
    """How far behind a replica may be: what was committed before that is in every answer."""
    var: Path = Path("var")
    """Folder for what the service writes itself: the default databases, the secret, demo credentials."""
    secret: str = ""
    """Key material for cursors and digests, at least 32 characters; empty: made once and kept in `<var>/secret`."""
    pool_size: int = 10
    """Connections per process to the records' database."""
    audit_timeout_seconds: float = 2.0
    """How long an answer waits for its access record before it is refused."""
    session_idle_minutes: int = 30
    """How long a person stays logged in without a request (CJIS AC-11 allows at most 30)."""
    session_hours: int = 12
    """How long a person stays logged in at most."""
    banned_passwords: str = ""
    """A file of passwords that nobody may choose, one a line; empty: none but what the rules refuse."""
    public_url: str = ""
    """How browsers reach the service, as https://louver.agency.example; log-in by identity providers needs it."""
    audit_checkpoint_seconds: float = 60.0
    """How often the ends of the log's chains are signed: what came later could be cut off unnoticed."""
    audit_removal: str = "anonymise"
    """What becomes of access records after twelve months where their agency has not chosen: anonymise or delete."""
    page_size_max: int = 1000
    status_style: StatusStyle = StatusStyle.CLASSIC
    get_queries: GetQueries = GetQueries.STORED
    document_max: int = 100_000
    """Characters of a document. This and those that follow are explained in docs/limits.md."""
    tokens_max: int = 4_000
    depth_max: int = 20
    fields_max: int = 1_000
    aliases_max: int = 200
    root_fields_max: int = 50
    directives_max: int = 100
    fragments_max: int = 200
    list_items_max: int = 2_000
    cost_max: int = 250_000
    operation_timeout_seconds: float = 10.0
    concurrency_max: int = 256
    concurrency_per_key_max: int = 64
    concurrency_wait_seconds: float = 2.0
    budget_rate: int = 600_000
    """Requests of one principal within a window: more than one server answers, so set what your clients need."""
    budget_cost: int = 30_000_000
    """Points of one principal within a window."""
    budget_window_seconds: int = 60
    budget_url: str = ""
    """Where budgets are counted: memory://, redis://…, postgresql://… or sqlite:///…; empty: see docs/limits.md."""
    cost_shown: bool = True
    """Whether answers say under `extensions.cost` what they cost."""
    log_level: str = "INFO"
    metrics_port: int = 0
    """Where Prometheus finds `/metrics`; further workers take the ports after it. 0: nowhere."""
    metrics_host: str = "127.0.0.1"
    metrics_token: str = ""
    """What a scrape must send as `Authorization: Bearer …`, at least 32 characters; needed off this machine alone."""
    traces: str = ""
    """`otlp` sends traces to OTEL_EXPORTER_OTLP_ENDPOINT, `off` sends none; empty: sends them where that is set."""
    tls_certificate: str = ""
    """PEM file with the certificate and its chain; empty: plain HTTP."""
    tls_key: str = ""
    require_tls: bool = False
    """Refuse what comes from another machine over plain HTTP."""
    trusted_proxies: str = ""
    """Networks of the proxies that say who the client is, as `10.0.0.0/8, 2001:db8::7`."""
    head_seconds: float = 10.0
    """How long a client may take for a request's head."""
    body_seconds: float = 30.0
    idle_seconds: float = 75.0
    """How long a connection may stay open between two requests."""
    connections_max: int = 1_000
    """Open connections per process."""
    drain_seconds: float = 30.0
    """How long requests in flight may take to end when the server stops."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read and check the environment.

        Raises:
            MisconfiguredError: a value has the wrong type or is out of range.
        """
        source = os.environ if environment is None else environment
        values: dict[str, object] = {}
        for name, default in _defaults().items():
            raw = source.get(f"LOUVER_{name.upper()}")
            if raw is not None:
                values[name] = _parse(name, raw, type(default))
        return cls(**values)  # type: ignore[arg-type]  # types were checked name by name in _parse


def _defaults() -> dict[str, object]:
    empty = Settings()
    return {name: getattr(empty, name) for name in Settings.__dataclass_fields__}


_BOOLEANS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def _parse(name: str, raw: str, kind: type) -> object:
    try:
        return _BOOLEANS[raw.strip().lower()] if kind is bool else kind(raw)
    except (ValueError, KeyError) as error:
        wanted = f"one of {', '.join(map(str, kind))}" if issubclass(kind, Enum) else f"a {kind.__name__}"
        raise MisconfiguredError(
            f"LOUVER_{name.upper()} is not {wanted}", hint=f"set it to {wanted}, or unset it"
        ) from error
