"""How a command fails: one line with a code that docs/errors.md explains, one with what to do, and an exit status."""

import sys
from collections.abc import Generator
from contextlib import contextmanager

import click

from louver.errors import InvalidInputError, LouverError, MisconfiguredError, RefusedError

_EXIT_REFUSED = 2
_EXIT_FAILED = 1
_PASSED_ON = (click.exceptions.NoArgsIsHelpError, click.exceptions.Exit, click.exceptions.Abort, BrokenPipeError)
"""What click ends by itself and without a word: help, an exit, Ctrl-C, a reader of our output that has gone."""


@contextmanager
def failing_in_two_lines() -> Generator[None]:
    """End the process as the error that comes out of a `with` says, instead of with a traceback."""
    try:
        yield
    except _PASSED_ON:
        raise
    except click.ClickException as error:
        _end(_as_ours(error))
    except LouverError as error:
        _end(error)
    except Exception as error:  # noqa: BLE001 - only our errors speak
        _end(_describe(error))


def _end(error: LouverError) -> None:
    click.echo(f"error: {error.code}: {error.message}", err=True)
    if error.hint:
        click.echo(f"  hint: {error.hint}", err=True)
    sys.exit(_find_exit_status(error))


def _find_exit_status(error: LouverError) -> int:
    if isinstance(error, MisconfiguredError):
        return error.exit_status
    return _EXIT_REFUSED if isinstance(error, RefusedError) else _EXIT_FAILED


def _as_ours(error: click.ClickException) -> LouverError:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return InvalidInputError(
        error.format_message(), hint=f"see `{context.command_path if context else 'louver'} --help`"
    )


def _describe(error: Exception) -> LouverError:
    """Tell type and place. Leak: not the words, in which a driver quotes the row that it refused."""
    from louver.logging.redaction import describe_exception  # noqa: PLC0415 - slow to import, for what crashed alone

    described = describe_exception(error)
    place = described["frames"][-1] if described["frames"] else "an unknown place"
    return LouverError(
        f"Something failed on our side: {described['type']} at {place}.",
        hint="report this line to who maintains Louver",
    )
