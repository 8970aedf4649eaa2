"""`louver key preview` and `review`: what a key would read before it is issued, and what one has not read of late."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from louver.authz.key_scopes import KeyScope
from louver.authz.keys import parse_key
from louver.cli.asking import ask
from louver.cli.key_options import order_options, read_order
from louver.errors import InvalidInputError
from louver.resolvers.key_orders import KeyOrder

_JSON = click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
_SHOWN = 20
_PREVIEW = """query PreviewKey($input: IssueKeyInput!) { previewKey(input: $input) {
  roles scopes { name verbs } sdl sampleQuery sampleAnswer
  operations { outlook operationName documentHash isStored times denied masked } } }"""
_REVIEW = """query ReviewKey($prefix: String!) { reviewKey(prefix: $prefix) {
  since isConclusive unread suggestedScopes { name verbs } key { prefix label } } }"""
_NAMES = {
    "role": "role", "purpose": "purpose", "days": "days", "label": "label", "is_partner": "isPartner",
    "rate_per_minute": "ratePerMinute", "cost_per_minute": "costPerMinute", "denied_mode": "deniedMode",
    "safelist": "safelist",
}  # fmt: skip


@click.command()
@order_options
@click.option("--sdl", type=click.Path(dir_okay=False, path_type=Path), help="Write the key's schema to this file.")
@_JSON
def preview(*, sdl: Path | None, is_json: bool, **options: Any) -> None:
    """Show what a key would read, without making it. Takes an administrator's LOUVER_KEY.

    The sample is of real rows: it is recorded that you read them.
    """
    order, typed = read_order(options)
    if typed.officer or typed.units:
        raise InvalidInputError("a key for an officer or a unit is previewed with previewKey", hint="ask it by id")
    found = ask(_PREVIEW, {"input": _as_input(order)})["previewKey"]
    if sdl is not None:
        sdl.write_text(found["sdl"], encoding="utf-8")
    click.echo(json.dumps(found, indent=2) if is_json else "\n".join(_render_preview(found)))


@click.command()
@click.argument("prefix")
@_JSON
def review(*, prefix: str, is_json: bool) -> None:
    """Show what the key that has PREFIX may see and has not read for 90 days. Takes an administrator's LOUVER_KEY."""
    presented = parse_key(prefix)
    found = ask(_REVIEW, {"prefix": presented.prefix if presented else prefix})["reviewKey"]
    click.echo(json.dumps(found, indent=2) if is_json else "\n".join(_render_review(found)))


def _as_input(order: KeyOrder) -> dict[str, Any]:
    values = {sent: getattr(order, name) for name, sent in _NAMES.items()}
    scopes = [KeyScope.parse(text) for text in _require_verbs(order.scopes)]
    days = {"trainingsFrom": order.trainings_from, "trainingsTo": order.trainings_to}
    return {
        **values,
        "scopes": [{"names": [each.name], "verbs": sorted(each.acts) or None} for each in scopes],
        "allowedAddresses": list(order.allowed_addresses) or None,
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }


def _require_verbs(scopes: Sequence[str]) -> Sequence[str]:
    for text in scopes:
        try:
            KeyScope.parse(text)
        except ValueError:
            raise InvalidInputError(f"the scope {text!r} ends in no verbs", hint="see `louver key create`") from None
    return scopes


def _render_preview(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"roles   {' + '.join(found['roles'])}"
    yield f"scopes  {', '.join(_write_scope(each) for each in found['scopes'])}"
    yield "\nOperations recorded in the agency of late"
    for each in found["operations"][:_SHOWN]:
        name = each["operationName"] or "without a name"
        stored = ", stored" if each["isStored"] else ""
        yield f"  {each['outlook'].lower():8}{name} {each['documentHash'][:12]}, {each['times']} times{stored}"
        if each["denied"]:
            yield f"          without {', '.join(each['denied'])}"
    if (rest := len(found["operations"]) - _SHOWN) > 0:
        yield f"  and {rest} more; --json lists them all"
    if found["sampleQuery"]:
        yield f"\nA sample\n  {found['sampleQuery']}\n  {found['sampleAnswer']}"


def _render_review(found: Mapping[str, Any]) -> Iterator[str]:
    key = found["key"]
    yield f"{key['prefix']} {key['label']}, since {found['since']}"
    if not found["isConclusive"]:
        yield "  It is younger than that: what it does not read yet it may read later."
    yield f"not read   {', '.join(found['unread']) or 'nothing'}"
    scopes = [_write_scope(each) for each in found["suggestedScopes"]]
    if not scopes:
        yield "It read nothing: revoke it, if it is not new."
        return
    yield f"enough is  louver key change {key['prefix']} {' '.join(f'--scope {each!r}' for each in scopes)}"


def _write_scope(scope: Mapping[str, Any]) -> str:
    return f"{scope['name']}:{','.join(scope['verbs'])}" if scope["verbs"] else scope["name"]
