"""What bench/streams compares Oqim with: a server on `websockets` that sends the same frames as server.js.

Usage: server.py     prints its port and that of its control; told what to do by HTTP on the latter
"""

import asyncio
import gc
import time
from urllib.parse import parse_qs, urlsplit

import websockets

# Beyond this, frames would only pile up in this process.
MOST_BUFFERED = 64 * 1024

sockets = set()


async def stream(socket, path=None):
    sockets.add(socket)
    try:
        await socket.wait_closed()
    finally:
        sockets.discard(socket)


def is_behind():
    return any(socket.transport.get_write_buffer_size() > MOST_BUFFERED for socket in sockets)


async def broadcast(frame, turns, until, burst, rate):
    started = time.monotonic()
    turn = 0
    while turn < turns:
        now = time.monotonic()
        if now > until:
            return
        if rate > 0 and turn * burst > rate * (now - started):
            await asyncio.sleep(0.001)
            continue
        if not is_behind():
            for _ in range(burst):
                websockets.broadcast(sockets, frame)
            turn += 1
        await asyncio.sleep(0)


async def control(reader, writer):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").split("\r\n")
    url = urlsplit(head[0].split(" ")[1])
    fields = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
    body = await reader.readexactly(int(fields.get("content-length", 0)))
    if url.path == "/gc":
        gc.collect()
    else:
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        background.append(
            asyncio.create_task(
                broadcast(
                    body.decode("utf-8"),
                    float(asked.get("turns", "inf")),
                    time.monotonic() + float(asked.get("seconds", 60)),
                    int(asked.get("burst", 1)),
                    int(asked.get("rate", 0)),
                )
            )
        )
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    writer.close()


background = []


async def main():
    streams = await websockets.serve(stream, "127.0.0.1", 0, compression=None, backlog=4096)
    controls = await asyncio.start_server(control, "127.0.0.1", 0)
    ports = [server.sockets[0].getsockname()[1] for server in (streams, controls)]
    print(*ports, flush=True)
    await asyncio.Future()


asyncio.run(main())
