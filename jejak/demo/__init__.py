"""`make demo`: a year of learning in a minute, on a real server with an empty database of its own."""
