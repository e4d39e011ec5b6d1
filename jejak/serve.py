"""Starting the server: one process, uvicorn, our connection limits; a graceful stop finishes what was accepted."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import signal
import socket

import uvicorn

from jejak.composition import Application, Product
from jejak.logs import configure_logs
from jejak.settings import Settings
from lrs.errors import ConfigurationError
from lrs.web.protocol import ConnectionLimits, limited_protocol

_ARENA_MAX, _MMAP_THRESHOLD = -8, -3  # of malloc.h
_STOP_SECONDS = 15  # what accepted requests get to finish


def serve(settings: Settings) -> int:
    """Runs until a signal. Exit code: 0 after a graceful stop, 1 when it could not start for a reason that the log tells.

    Raises ConfigurationError, StoreUnavailableError, StoreVersionError when it could not start.
    """
    configure_logs(settings.log_level)
    _share_memory()
    limits = ConnectionLimits(
        settings.limit_headers, settings.limit_header_seconds, settings.limit_body_seconds, settings.limit_connections
    )
    application = Application(settings, _announce)
    config = uvicorn.Config(
        application,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=limited_protocol(limits),
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=True,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    if not _port_is_free(settings):
        raise ConfigurationError(_not_free(settings))
    server = uvicorn.Server(config)
    logging.getLogger("uvicorn.error").addFilter(lambda _: application.failure is None)  # one line tells it, below; no traceback
    run_until_told(server)
    if application.failure is not None:
        raise application.failure
    return 0 if server.started else 1


def run_until_told(server: uvicorn.Server) -> None:
    """Runs until SIGTERM or SIGINT, and then ends as a program that is done: uvicorn raises the signal again, which would end us by it."""
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: setattr(server, "should_exit", True))
    with contextlib.suppress(SystemExit):  # uvicorn's way to say that the start failed
        server.run()


def _share_memory() -> None:
    """glibc gives each thread a heap of its own to keep threads apart, which the interpreter does already; and what was once large stays.
    Two heaps, and large pieces given back, leave a server of some threads 40 MB smaller.
    """
    with contextlib.suppress(AttributeError, OSError):  # another C library
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_ARENA_MAX, 2)
        mallopt(_MMAP_THRESHOLD, 1 << 20)


def _settle_memory() -> None:
    """The modules that are loaded by now stay: looking for garbage in them again and again takes time from every request. What a request
    makes is freed by counting references, so what is left to look for is little.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _port_is_free(settings: Settings) -> bool:
    """Whether we could listen there; asked first so that the answer is one line."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return False
    return True


def _not_free(settings: Settings) -> str:
    try:
        socket.create_connection((settings.host, settings.port), 1).close()
    except OSError:
        where = f"{settings.host}:{settings.port}"
        return f"nothing can listen on {where}: no address of this machine, or a port that is not yours; say JEJAK_HOST, JEJAK_PORT"
    return (
        f"{settings.host}:{settings.port} is in use, by another Jejak perhaps: stop that one, or say another port, such as "
        f"JEJAK_PORT={settings.port + 1 if settings.port < 65535 else 8000}"
    )


def _announce(product: Product) -> None:
    """Where to go; and once, what was made at the first start."""
    _settle_memory()
    url = product.settings.url
    places = {
        "endpoint of LMSs": f"{url}/xapi/  (xAPI 2.0: {url}/xapi2/)",
        "learners": f"{url}/saya",
        "verifier": f"{url}/v",
        "administration": f"{url}/api/docs",
        "health, metrics": f"{url}/health/ready  {url}/metrics",
        "data": str(product.settings.data_dir.resolve()),
    }
    lines = ["", f"Jejak is ready: {url}/", *(f"  {name:<17} {place}" for name, place in places.items())]
    first = product.first_run
    if first is not None:
        lines += ["", "First start. These are shown once, so keep them:"]
        lines += [
            f"  {'administrator':<17} {first.administrator}  secret {first.administrator_secret}  (for /admin, /api)",
            f"  {'key':<17} {first.key}  secret {first.secret}  (for xAPI: everything at the first provider)",
        ]
    print("\n".join(lines) + "\n", flush=True)
