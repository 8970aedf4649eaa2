"""What the administration of keys answers with. These are plain types: no plan reads them."""

from collections.abc import Iterable
from datetime import UTC, datetime

import strawberry

from louver.authz.forecasting import Forecast
from louver.authz.key_scopes import KeyScope as Scope
from louver.authz.vocabulary import Act, DeniedMode, Safelist
from louver.resolvers.issued_keys import ApiKey as Key
from louver.resolvers.issued_keys import Issued
from louver.resolvers.key_reviews import KeyReview as Review
from louver.schema.access_types import described

_VERBS = ", ".join(f"`{act}`" for act in Act)


@strawberry.type(description="What a key was issued for.")
class KeyScope:
    """See key_scopes.KeyScope."""

    name: str = described("`Type.field`, `Type`, `Type.*` or a field group.")
    verbs: list[str] | None = described(f"What may be done: {_VERBS}; null for whatever its role may.")


@strawberry.type(description="A key of the agency's, without what is secret of it.")
class ApiKey:
    """See issued_keys.ApiKey."""

    prefix: str = described("Its public part, by which logs and lists name it.")
    state: str = described("`live`, `expired` or `revoked`.")
    label: str = described("What lists call it.")
    purpose: str = described("What it is for; stands in every access record.")
    role: str = described("Its role; of a partner's key the template, of which the scopes leave a part.")
    is_partner: bool = described("Whether it is for somebody outside of the agency, and so never enters anything.")
    scopes: list[KeyScope] | None = described("What it was issued for; null for all that its role has.")
    allowed_addresses: list[str] | None = described("Networks that it may be used from; null for anywhere.")
    rate_per_minute: int | None = described("Requests that it may send in a minute; null for no limit of its own.")
    cost_per_minute: int | None = described("Cost that it may spend in a minute; null for no limit of its own.")
    denied_mode: str = described("How it is told of denied fields: `errors`, `extensions`, `reject` or `hide`.")
    safelist: str = described("What comes of an operation that is not stored: `off`, `log`, `warn` or `block`.")
    created_at: datetime = described("When it was issued.")
    issued_by: str | None = described("Who issued it.")
    expires_at: datetime | None = described("When it ends.")
    revoked_at: datetime | None = described("When it was revoked.")
    revoked_by: str | None = described("Who revoked it.")
    replaces: str | None = described("Prefix of the key that it was rotated from.")
    last_used_at: datetime | None = described("When it was last accepted, as of a minute ago.")
    last_used_address: str | None = described("From where.")
    calls: int = described("Requests in which it was accepted, as of a minute ago.")


@strawberry.type(description="A key that was just made.")
class IssuedApiKey:
    """See issued_keys.Issued."""

    secret: str = described("The key itself, as its owner sends it. It is shown once, and kept nowhere.")
    key: ApiKey = described("All else about it.")


@strawberry.type(description="An operation that was recorded or is stored, and what the key would get of it.")
class ForecastOperation:
    """See forecasting.Forecast."""

    outlook: str = described("`RUNS`, `LOSES` or `BREAKS`.")
    operation_name: str | None = described("Its name in the document.")
    document_hash: str = described("The digest by which the log names the document.")
    is_stored: bool = described("Whether the agency has stored it.")
    times: int = described("How often it was recorded of late, whoever sent it; 0 for a stored one that nobody sent.")
    denied: list[str] = described("What the key would not be shown.")
    masked: list[str] = described("What the key would be shown masked.")


@strawberry.type(description="What a key would be, before it is issued.")
class KeyPreview:
    """The simulator's answer."""

    roles: list[str] = described("The roles that its requests would have.")
    scopes: list[KeyScope] = described("The scopes, with what was left to be understood.")
    sdl: str = described("The schema as the key would introspect it.")
    operations: list[ForecastOperation] = described("Operations recorded in the agency of late, the worst first.")
    sample_query: str | None = described("A query of two rows of each type that it would list; null if of none.")
    sample_answer: str | None = described("What it would get for that now, as JSON. It is recorded that you read it.")


@strawberry.type(description="What of its rights a key uses.")
class KeyReview:
    """See key_reviews.KeyReview."""

    key: ApiKey = described("The key.")
    since: datetime = described("What was recorded since then is looked at, of the keys too that it was rotated from.")
    is_conclusive: bool = described("Whether the key has been there all the time.")
    unread: list[str] = described("Fields that it may see and did not read.")
    suggested_scopes: list[KeyScope] = described("Scopes that would have been enough; `changeKey` narrows to them.")


def show_key(key: Key) -> ApiKey:
    """Show a key."""
    same = (
        "prefix", "label", "purpose", "role", "is_partner", "rate_per_minute", "cost_per_minute", "created_at",
        "issued_by", "expires_at", "revoked_at", "revoked_by", "replaces", "last_used_at", "last_used_address", "calls",
    )  # fmt: skip
    return ApiKey(
        state=key.find_state(datetime.now(UTC)),
        scopes=None if key.scopes is None else show_scopes(key.scopes),
        allowed_addresses=None if key.allowed_addresses is None else list(key.allowed_addresses),
        denied_mode=key.denied_mode or DeniedMode.ERRORS,
        safelist=key.safelist or Safelist.OFF,
        **{name: getattr(key, name) for name in same},
    )


def show_issued(issued: Issued) -> IssuedApiKey:
    """Show a new key, the one time."""
    return IssuedApiKey(secret=issued.text, key=show_key(issued.key))


def show_scopes(scopes: Iterable[str]) -> list[KeyScope]:
    """Show scopes."""
    parsed = map(Scope.parse, scopes)
    return [
        KeyScope(name=each.name, verbs=[str(act) for act in Act if act in each.acts] if each.acts else None)
        for each in parsed
    ]


def show_forecast(forecast: Forecast, *, is_stored: bool) -> ForecastOperation:
    """Show a forecast."""
    recorded = forecast.recorded
    return ForecastOperation(
        outlook=str(forecast.outlook),
        operation_name=recorded.operation_name,
        document_hash=recorded.document_hash,
        is_stored=is_stored,
        times=recorded.times,
        denied=list(forecast.denied),
        masked=list(forecast.masked),
    )


def show_review(review: Review) -> KeyReview:
    """Show a review."""
    return KeyReview(
        key=show_key(review.key),
        since=review.since,
        is_conclusive=review.is_conclusive,
        unread=list(review.fit.unread),
        suggested_scopes=show_scopes(review.fit.scopes),
    )
