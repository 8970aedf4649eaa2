"""Louver with a part of it taken out, to see what that part costs. Nothing of this ships: OURS_WITHOUT=audit,identity.

audit: no access record is stored or printed. identity: a key's principal is remembered, so its revocation would not be
noticed. budgets: nothing is charged, no place is waited for, and answers tell nothing of it.
"""

import os
import socket
from typing import Any

import uvicorn

from louver.app import create_app
from louver.authz.budgets import Quota
from louver.budgets import Budgets
from louver.identity import Identifier, Identity
from louver.logging import AuditStore
from louver.metering import MeteredGateway
from louver.serving.limits import ConnectionLimits
from louver.serving.protocol import GuardedProtocol
from louver.serving.server import GuardedServer


def leave_out_audit() -> None:
    """Answer without a record."""

    async def append(_store: AuditStore, _record: Any) -> None:
        """Store nothing."""

    AuditStore.append = append


def leave_out_identity() -> None:
    """Identify each credential once."""
    identify = Identifier.identify
    known: dict[str | None, Identity] = {}

    async def remember(identifier: Identifier, authorization: str | None, address: str | None = None) -> Identity:
        if authorization not in known:
            known[authorization] = await identify(identifier, authorization, address)
        return known[authorization]

    Identifier.identify = remember


def leave_out_budgets() -> None:
    """Answer whoever asks, however much."""

    async def execute(metered: MeteredGateway, *arguments: Any, **options: Any) -> Any:
        """Pass it on."""
        answer = await metered._gateway.execute(*arguments, **options)  # noqa: SLF001 - it is taken out of the way
        answer.quotas = ()
        return answer

    async def charge(_budgets: Budgets, _principal: Any, _points: int) -> Quota:
        """Charge nothing."""
        return quota

    quota = Quota("cost", 1, 1, 1, 1)
    MeteredGateway.execute, Budgets.charge_cost = execute, charge


def main() -> None:
    """Serve on a free port, and say which."""
    parts = {"audit": leave_out_audit, "identity": leave_out_identity, "budgets": leave_out_budgets}
    for part in os.environ["OURS_WITHOUT"].split(","):
        parts[part]()
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/graphql", flush=True)
    config = uvicorn.Config(
        create_app, factory=True, http=GuardedProtocol, lifespan="on", log_config=None, access_log=False
    )
    GuardedServer(config, ConnectionLimits()).run(sockets=[listener])


if __name__ == "__main__":
    main()
