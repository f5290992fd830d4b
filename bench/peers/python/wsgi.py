"""The paths of every peer, for a WSGI server."""

import time

LARGE = b"x" * 20_000_000


def app(environ, start_response):
    path, body = environ["PATH_INFO"], b"ok\n"
    if path == "/large":
        body = LARGE
    elif path == "/upload":
        while environ["wsgi.input"].read(65_536):
            pass
    else:
        time.sleep(0.5 if path == "/slow" else 0.002)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
