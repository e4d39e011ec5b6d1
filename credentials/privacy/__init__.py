"""Breaches of personal data, and their clock. Pure."""
