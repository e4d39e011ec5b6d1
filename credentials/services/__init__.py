"""Use cases: issuing, and the projector that reads the feed."""
