"""The paths of every peer, for an ASGI server."""

import asyncio

LARGE = b"x" * 20_000_000


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    path, body = scope["path"], b"ok\n"
    if path == "/large":
        body = LARGE
    elif path == "/upload":
        while (await receive()).get("more_body"):
            pass
    else:
        await asyncio.sleep(0.5 if path == "/slow" else 0.002)
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
