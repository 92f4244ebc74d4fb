"""`python -m simulator`: serve until told to stop."""

import logging
import signal
import ssl
import sys

import uvicorn

from simulator.app import create_app
from simulator.settings import from_environment


def main() -> int:
    try:
        settings = from_environment()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("asyncssh").setLevel(logging.WARNING)
    # uvicorn raises the signal again when it has shut down; that is the end we wanted, not a failure.
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    tls = settings.tls
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        timeout_graceful_shutdown=5,
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
        ssl_ca_certs=str(tls.client_authority) if tls and tls.client_authority else None,
        ssl_cert_reqs=ssl.CERT_REQUIRED if tls and tls.client_authority else ssl.CERT_NONE,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
