"""The budgets of principals: requests and points, refused with the time to wait where they are spent."""

from contextlib import AsyncExitStack
from functools import partial

from louver.authz.budgets import Quota
from louver.authz.principals import Principal
from louver.budgets.headers import as_headers
from louver.budgets.ledger import Account, Ledger, find_reset
from louver.budgets.stores import open_store
from louver.errors import LimitExceededError, MisconfiguredError, ThrottledError
from louver.resolvers.cache import LruCache
from louver.settings import Settings

REQUESTS = "requests"
COST = "cost"
ACCOUNTS_KEPT = 10_000
MINUTE_SECONDS = 60
_HINTS = {REQUESTS: "send fewer requests", COST: "ask for smaller pages, or less often"}


class Budgets:
    """Charges principals."""

    def __init__(self, ledger: Ledger, *, rate: int, cost: int, window_seconds: int) -> None:
        self._ledger = ledger
        self._rate, self._cost, self._window_seconds = rate, cost, window_seconds
        self._accounts: LruCache[Account] = LruCache(ACCOUNTS_KEPT)
        self.refused = 0
        """How many requests were refused."""

    async def charge_request(self, principal: Principal) -> Quota:
        """Take one request from a principal's budget.

        Raises:
            ThrottledError: there is none left.
        """
        return await self._charge(principal, REQUESTS, principal.budget.rate_per_minute, self._rate, 1)

    async def charge_cost(self, principal: Principal, points: int) -> Quota:
        """Take an operation's points from a principal's budget.

        Raises:
            LimitExceededError: they are more than there ever are.
            ThrottledError: they are more than are left.
        """
        return await self._charge(principal, COST, principal.budget.cost_per_minute, self._cost, points)

    async def _charge(self, principal: Principal, name: str, own: int | None, default: int, units: int) -> Quota:
        amount, seconds = (default, self._window_seconds) if own is None else (own, MINUTE_SECONDS)
        if units > amount:
            self.refused += 1
            raise LimitExceededError(
                "The operation costs more than your whole budget.",
                hint=_HINTS[COST],
                limit="budget",
                maximum=amount,
                actual=units,
            )
        key = (principal.id, name, amount)
        account = self._accounts.get_or_build(key, partial(_open_account, principal, name, amount, seconds))
        wait_seconds = await self._ledger.take(account, units)
        quota = Quota(name, amount, seconds, account.remaining, find_reset(account))
        if wait_seconds:
            self.refused += 1
            raise _throttle(quota, units, wait_seconds)
        return quota


async def open_budgets(settings: Settings, stack: AsyncExitStack) -> Budgets:
    """Open the store of budgets; the stack closes it.

    Raises:
        MisconfiguredError: a setting is not as it must be.
    """
    for name in ("budget_rate", "budget_cost", "budget_window_seconds"):
        if getattr(settings, name) < 1:
            raise MisconfiguredError(f"LOUVER_{name.upper()} lets nothing through", hint="set it above 0")
    ledger = Ledger(await open_store(settings, stack))
    seconds = settings.budget_window_seconds
    return Budgets(ledger, rate=settings.budget_rate, cost=settings.budget_cost, window_seconds=seconds)


def _open_account(principal: Principal, name: str, amount: int, seconds: int) -> Account:
    return Account(f"{principal.id.hex}:{name}:{seconds}", amount, seconds)


def _throttle(quota: Quota, units: int, wait_seconds: int) -> ThrottledError:
    return ThrottledError(
        f"Your budget of {quota.amount} {'points' if quota.name == COST else quota.name} "
        f"in {quota.window_seconds} s is spent.",
        hint=f"wait {wait_seconds} s; {_HINTS[quota.name]}",
        limit=quota.name,
        maximum=quota.amount,
        actual=quota.amount - quota.remaining + units,
        remaining=quota.remaining,
        retryAfterSeconds=wait_seconds,
        headers={"retry-after": str(wait_seconds), **as_headers([quota], wait_seconds)},
    )
