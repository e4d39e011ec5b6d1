"""Where it all lies: in memory (the reference) and in the LRS's SQLite file."""
