"""Asking the log: pages of access records, and the questions that agencies have by name."""
