"""Louver as it ships, but that its retention comes round after RETAIN_AFTER seconds and does not wait to be spread."""

import os

from louver import retention
from louver.cli import main

if __name__ == "__main__":
    retention.SPREAD_SECONDS = 0.0
    retention.RetentionTask.run.__defaults__ = (float(os.environ["RETAIN_AFTER"]),)
    main(["serve", "--port", "0"])
