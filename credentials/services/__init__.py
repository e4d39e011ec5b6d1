"""Use cases: entering the catalogue and persons, finding evidence, issuing, and the projector that ties them to the feed."""
