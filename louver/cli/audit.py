"""`louver audit`: the log of accesses."""

import click

from louver.cli.audit_checking import archive, checkpoint, digest, key, verify
from louver.cli.audit_holds import hold
from louver.cli.audit_retention import purge, removal, retain


@click.group()
def audit() -> None:
    """Check the log of accesses, keep it to its twelve months, and hold what has to stay."""


for _command in (verify, archive, checkpoint, key, digest, hold, retain, removal, purge):
    audit.add_command(_command)
