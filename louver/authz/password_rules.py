"""What a new password must be, after NIST SP 800-63B-4, section 3.1.1.2: long, not expected, and nothing else.

No composition rules and no expiry: the standard forbids both. FBI CJIS Security Policy, IA-5(1), asks for the same list
of passwords that are commonly used, expected or compromised.
"""

from collections.abc import Collection
from itertools import pairwise
from unicodedata import normalize

from louver.errors import InvalidInputError

LENGTH_MIN = 15
"""Where the password may be the only factor."""
LENGTH_MAX = 256
_LETTERS_MIN = 6
_PART_MIN = 4
_RUN_SHARE = 0.6
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
_STEPS = frozenset(pair for row in _ROWS for text in (row, row[::-1]) for pair in pairwise(text))


def require_good(password: str, *, email: str, name: str, banned: Collection[str] = ()) -> None:
    """Refuse a password that is short or that an attacker would try early.

    Raises:
        InvalidInputError: it is; the rule is told, and never the password.
    """
    text = normalize("NFKC", password)
    folded = text.casefold()
    if not LENGTH_MIN <= len(text) <= LENGTH_MAX:
        raise _refuse("LENGTH", f"The password has to have {LENGTH_MIN} to {LENGTH_MAX} characters.")
    if len(set(folded)) < _LETTERS_MIN or _is_repeated(folded) or _is_run(folded):
        raise _refuse("PATTERN", "The password repeats itself or follows the keyboard.")
    if any(part in folded for part in _list_own_parts(email, name)):
        raise _refuse("OWN_NAME", "The password contains your name or e-mail address.")
    if folded in banned:
        raise _refuse("COMMON", "The password is on the list of those that are tried first.")


def read_banned(text: str) -> frozenset[str]:
    """Read a list of banned passwords, one a line."""
    return frozenset(normalize("NFKC", line).casefold() for line in text.splitlines() if line)


def _refuse(rule: str, message: str) -> InvalidInputError:
    return InvalidInputError(message, hint="choose a few words that nobody would expect together", rule=rule)


def _is_repeated(text: str) -> bool:
    """Whether a piece of it comes again and again: such a text is found in itself, doubled, before its end."""
    return (text + text).find(text, 1) < len(text)


def _is_run(text: str) -> bool:
    steps = sum(pair in _STEPS or pair[0] == pair[1] for pair in pairwise(text))
    return steps > _RUN_SHARE * len(text)


def _list_own_parts(email: str, name: str) -> list[str]:
    local, _, _ = email.casefold().partition("@")
    parts = [local, *local.replace("_", ".").replace("-", ".").split("."), *name.casefold().split()]
    return [part for part in parts if len(part) >= _PART_MIN]
