"""The servers that are compared: how each is started, asked, and who it is told asks."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cluster import Cluster
from dataset import Dataset
from processes import ServerProcess

OURS = "louver"
STOCK_CACHED = "stock-cached"
STOCK_VALUE = "stock-value"
WITHOUT = {
    "without-audit": "audit",
    "without-identity": "identity",
    "without-both": "audit,identity",
    "without-budgets": "budgets",
}
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Target:
    """A running server. `headers` gives a role's; `is_ours` chooses the spelling of the queries."""

    process: ServerProcess
    is_ours: bool
    headers: Callable[[str], Mapping[str, str]]

    @property
    def name(self) -> str:
        """What tables call it."""
        return self.process.name


@contextmanager
def running_targets(
    names: list[str], cluster: Cluster, dataset: Dataset, keys: Mapping[str, str]
) -> Iterator[list[Target]]:
    """Start the named ones for the length of a `with`."""

    def louver_headers(role: str) -> Mapping[str, str]:
        return {"authorization": f"Bearer {keys[role]}"}

    def stock_headers(role: str) -> Mapping[str, str]:
        return {"x-role": role, "x-agency": str(dataset.agencies[0])}

    with ExitStack() as stack:
        targets = []
        for name in names:
            is_ours = not name.startswith("stock")
            command, environment = _describe(name, cluster, dataset)
            process = ServerProcess(name, command, environment, cluster.folder)
            stack.callback(process.stop)
            targets.append(Target(process, is_ours, louver_headers if is_ours else stock_headers))
        yield targets


def _describe(name: str, cluster: Cluster, dataset: Dataset) -> tuple[list[str], dict[str, str]]:
    louver = {"LOUVER_DATABASE_URL": cluster.url, "LOUVER_VAR": str(cluster.folder / "var")}
    if name == OURS:
        return [sys.executable, "-m", "louver", "serve", "--port", "0"], louver
    if name in WITHOUT:
        return [sys.executable, str(_HERE / "ours_without.py")], {**louver, "OURS_WITHOUT": WITHOUT[name]}
    stock = {
        "STOCK_DATABASE_URL": cluster.url.replace("postgresql://", "postgresql+asyncpg://"),
        "STOCK_AGENCY": str(dataset.agencies[0]),
        "STOCK_MODE": name.removeprefix("stock-"),
    }
    return [sys.executable, str(_HERE / "stock_server.py")], stock
