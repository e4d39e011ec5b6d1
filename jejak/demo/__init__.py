"""`make demo`: one learning event all the way, on a real server with an empty database of its own."""
