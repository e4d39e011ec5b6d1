"""Use cases: what a request or an administrator asks, decided over the ports."""
