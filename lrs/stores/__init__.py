"""Where it lies: in memory (the reference), in one SQLite file, or in a MongoDB database. Each keeps every contract of `lrs.ports`."""
