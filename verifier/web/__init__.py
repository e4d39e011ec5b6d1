"""The verifier over HTTP: pages for people (`/v`), answers for programs (`/verify`), folders as jobs, and the page that works without a
network."""
