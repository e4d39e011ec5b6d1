"""Checking certificates: numbered checks, a report, a verdict, a public page.

Imports nothing of `lrs` or `credentials`: it can run on a machine that has neither.
"""
