"""`louver audit`: the log of accesses."""

import click

from louver.cli.audit_checking import archive, checkpoint, digest, key, verify


@click.group()
def audit() -> None:
    """Check the log of accesses, and what vouches for it."""


for _command in (verify, archive, checkpoint, key, digest):
    audit.add_command(_command)
