"""Budgets: how much a principal may ask within a window, kept over all processes that share a store."""

from louver.budgets.budgets import Budgets, open_budgets
from louver.budgets.headers import as_headers

__all__ = ["Budgets", "as_headers", "open_budgets"]
