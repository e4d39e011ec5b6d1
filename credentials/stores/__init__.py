"""Where it all lies: tables written once, on records in memory (the reference), in the LRS's SQLite file, or in its MongoDB database."""
