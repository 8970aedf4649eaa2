"""`louver audit`: the log of accesses."""

import click

from louver.cli.audit_asking import export_, search
from louver.cli.audit_checking import archive, checkpoint, digest, key, verify
from louver.cli.audit_evidence import evidence
from louver.cli.audit_holds import hold
from louver.cli.audit_questions import accesses, denials, reads, sign_off_, unusual, weeks
from louver.cli.audit_retention import purge, removal, retain

_CHECKING = (verify, archive, checkpoint, key, digest, evidence)
_KEEPING = (hold, retain, removal, purge)
_ASKING = (search, export_, accesses, reads, denials, unusual, weeks, sign_off_)


@click.group()
def audit() -> None:
    """Ask the log of accesses, check it, keep it, and hold what has to stay."""


for _command in (*_CHECKING, *_KEEPING, *_ASKING):
    audit.add_command(_command)
