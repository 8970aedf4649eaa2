"""Limits on what one request may ask: found from its text and variables alone, before anything is validated or read."""

from louver.schema.limits.limits import Limits
from louver.schema.limits.scan import scan
from louver.schema.limits.variables import require_small_variables
from louver.schema.limits.walk import Figures, measure

__all__ = ["Figures", "Limits", "measure", "require_small_variables", "scan"]
