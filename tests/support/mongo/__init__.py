"""A server for the MongoDB store's tests: FerretDB, behind a proxy that lets one command through at a time and can break things."""
