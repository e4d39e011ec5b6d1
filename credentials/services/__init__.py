"""Use cases: persons and catalogue, queues and roles, evidence and the projector that ties it to the feed, issuing."""
