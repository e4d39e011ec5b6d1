"""The HTTP side: xAPI resources as plain ASGI, the administration on FastAPI, and what one connection may cost."""
