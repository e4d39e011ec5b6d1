"""The catalogue: programmes, batches, which activity belongs to which batch, and what counts as evidence. Pure."""
