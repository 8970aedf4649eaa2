"""Passwords: hashed with Argon2id away from the event loop, a few at a time, and as long for nobody as for somebody."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar, TypeVarTuple
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from louver.errors import RefusedError

MEMORY_KIB = 65_536
TIME_COST = 3
"""RFC 9106, section 4, the second recommended option; one lane, so that one log-in takes one core at most."""
THREADS = 1
WAITING_MAX = 32
"""Log-ins that wait for a thread; a crowd beyond is turned away rather than kept for longer than it would stay."""

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


class LoginBusyError(RefusedError):
    """More log-ins than can be checked now."""

    code = "RATE_LIMITED"


class Verdict(NamedTuple):
    """Whether a password was right, and its new hash where the old one's parameters are not today's."""

    is_right: bool
    new_hash: str | None = None


class Passwords:
    """Hashes and verifies. Argon2 gives up the interpreter's lock, so queries go on beside it."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=1)
        self._threads = ThreadPoolExecutor(THREADS, "louver-passwords")
        self._waiting = 0
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """Hash a new password.

        Raises:
            LoginBusyError: too many wait.
        """
        return await self._run(self._hash, password)

    async def verify(self, stored_hash: str | None, password: str) -> Verdict:
        """Tell whether a password is the one that was hashed; without a hash it is not, after the same work.

        Leak: a quick no would tell which e-mail addresses have an account.

        Raises:
            LoginBusyError: too many wait.
        """
        return await self._run(self._verify, stored_hash, password)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def require_room(self) -> None:
        """Refuse at once when too many wait.

        Raises:
            LoginBusyError: they do.
        """
        if self._waiting >= WAITING_MAX:
            raise LoginBusyError("Too many people are logging in.", hint="try again in a few seconds")

    async def _run(self, work: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
        self.require_room()
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._waiting -= 1

    def _hash(self, password: str) -> str:
        return self._hasher.hash(_prepare(password))

    def _verify(self, stored_hash: str | None, password: str) -> Verdict:
        if self._decoy is None:
            self._decoy = self._hash(secrets.token_urlsafe())
        is_known = stored_hash is not None
        try:
            self._hasher.verify(stored_hash or self._decoy, _prepare(password))
        except (VerificationError, InvalidHashError):
            return Verdict(is_right=False)
        is_old = is_known and self._hasher.check_needs_rehash(str(stored_hash))
        return Verdict(is_known, self._hash(password) if is_old else None)


def _prepare(password: str) -> bytes:
    """Bring it to one form: the same letters may be typed as different code points. A lone surrogate is kept too."""
    return normalize("NFKC", password).encode("utf-8", "surrogatepass")
