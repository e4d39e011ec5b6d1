"""The projector and what it is made of."""
