# `python3 httpx.py PORT CLIENTS LANES PAUSE_MS`: httpx in several loops, each until nobody listens any more.
import asyncio
import json
import random
import sys

sys.path.pop(0)  # this file has the name of the library
import httpx

port, clients, lanes, pause_ms = (int(text) for text in sys.argv[1:])
account = {"answered": 0, "refused": 0, "failed": {}}


async def loop(client):
    while True:
        try:
            if (await client.get(f"https://127.0.0.1:{port}/")).text == "ok":
                account["answered"] += 1
        except httpx.ConnectError:
            return
        except Exception as error:
            what = type(error).__name__ + (" at GOAWAY" if "ConnectionTerminated" in str(error) else "")
            account["failed"][what] = account["failed"].get(what, 0) + 1
        await asyncio.sleep(random.random() * 2 * pause_ms / 1000)


async def main():
    all_clients = [httpx.AsyncClient(http2=True, verify=False) for _ in range(clients)]
    await asyncio.gather(*(loop(client) for client in all_clients for _ in range(lanes)))


asyncio.run(main())
print(json.dumps(account))
