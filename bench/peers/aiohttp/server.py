"""Payments on aiohttp, asyncpg and redis-py, with a process for each core.

Needs python3-aiohttp, python3-uvloop, python3-asyncpg, python3-redis and python3-hiredis.
"""

import asyncio
import hmac
import json
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys

import aiohttp
import redis.asyncio
import redis.exceptions
import uvloop
from aiohttp import web

from payment import Invalid, Payment, PaymentRequest
from store import Store

WORKERS = 2
BANK_TIMEOUT = 6
REDIS_TIMEOUT = 2
REDIS_CONNECTIONS = 100
POOL_TIMEOUT = 30
VELOCITY_LIMIT = 1_000_000
VELOCITY_WINDOW = 3600


class Refusal(Exception):
    def __init__(self, status, detail):
        super().__init__(detail)
        self.status = status


def dumps(value):
    return json.dumps(value, separators=(",", ":"))


class Peer:
    """A worker: its pools, and what it does with a request."""

    def __init__(self, settings):
        self.port = int(settings["PORT"])
        self.crypto_key = settings["CRYPTO_KEY"].encode()
        self.bank_url = settings["BANK_URL"]
        self.redis_port = int(settings["REDIS_PORT"])
        self.database = {
            "host": settings["PG_HOST"],
            "port": int(settings["PG_PORT"]),
            "database": settings["PG_DATABASE"],
            "user": settings["PG_USER"],
            "password": settings["PG_PASSWORD"],
        }
        # All workers together have as many connections as one process would.
        self.pool_size = max(1, int(settings.get("PG_POOL", "20")) // WORKERS)

    async def pools(self, app):
        self.redis = redis.asyncio.Redis(
            connection_pool=redis.asyncio.BlockingConnectionPool(
                host="127.0.0.1",
                port=self.redis_port,
                max_connections=REDIS_CONNECTIONS,
                timeout=POOL_TIMEOUT,
                socket_timeout=REDIS_TIMEOUT,
                socket_connect_timeout=REDIS_TIMEOUT,
            )
        )
        self.http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=BANK_TIMEOUT),
            cookie_jar=aiohttp.DummyCookieJar(),
            json_serialize=dumps,
            raise_for_status=True,
        )
        async with self.http, Store.connect(self.pool_size, **self.database) as self.store:
            self.tenants = await self.store.tenants()
            yield
        await self.redis.connection_pool.disconnect()

    async def pay(self, request):
        try:
            status, body = await self.answer(request)
            return web.Response(status=status, text=body, content_type="application/json")
        except Refusal as e:
            return problem(e.status, str(e))
        except Invalid as e:
            return problem(422, str(e))
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return problem(502, "The bank could not be asked.")
        except redis.exceptions.RedisError:
            return problem(503, "Redis could not be asked.")

    async def answer(self, request):
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        tenant = self.tenants.get(secret) if scheme == "Bearer" else None
        if tenant is None:
            raise Refusal(401, "No such API key.")
        key = request.headers.get("Idempotency-Key")
        if not key:
            raise Refusal(400, "There is no Idempotency-Key.")
        try:
            asked = PaymentRequest.parse(await request.json())
        except ValueError:
            raise Refusal(400, "The body is not JSON.") from None

        fingerprint = self.fingerprint(asked)
        payment = Payment.processing(asked)
        begun, few_enough, safe_enough = await asyncio.gather(
            self.store.begin(tenant, key, fingerprint, payment),
            self.is_velocity_allowed(tenant, asked.number),
            self.is_risk_allowed(payment),
            return_exceptions=True,
        )
        if not result(begun):
            return await self.again(tenant, key, fingerprint)
        if not result(few_enough):
            raise Refusal(422, "Too many payments of this card.")
        if not result(safe_enough):
            raise Refusal(422, "The risk check says no.")

        sale = await self.sell(payment, asked)
        if sale["status"] != "approved":
            raise Refusal(402, "The bank says no.")
        payment.captured(sale)
        body = dumps(payment.json())
        await self.store.capture(tenant, key, payment, 201, body)
        return 201, body

    async def again(self, tenant, key, fingerprint):
        claim = await self.store.claim(tenant, key)
        if claim["fingerprint"] != fingerprint:
            raise Refusal(409, "The key was used for another request.")
        if claim["body"] is None:
            raise Refusal(409, "The first request with this key is under way.")
        return claim["status"], claim["body"]

    def fingerprint(self, asked):
        text = "\n".join((str(asked.amount), asked.currency, asked.number, str(asked.reference)))
        return hmac.digest(self.crypto_key, text.encode(), "sha256")

    async def is_velocity_allowed(self, tenant, number):
        key = f"velocity:{tenant}:{number}"
        count = await self.redis.incr(key)
        if count == 1:
            await self.redis.expire(key, VELOCITY_WINDOW)
        return count <= VELOCITY_LIMIT

    async def is_risk_allowed(self, payment):
        decision = await self.ask_bank(
            "/v1/risk-checks",
            {
                "reference": str(payment.id),
                "amount": payment.amount,
                "currency": payment.currency,
                "card_first6": payment.first6,
            },
        )
        return decision["decision"] == "allow"

    async def sell(self, payment, asked):
        return await self.ask_bank(
            "/v1/payments",
            {
                "reference": str(payment.id),
                "amount": payment.amount,
                "currency": payment.currency,
                "capture": True,
                "card": {
                    "number": asked.number,
                    "exp_month": asked.exp_month,
                    "exp_year": asked.exp_year,
                    "cvc": asked.cvc,
                },
            },
        )

    async def ask_bank(self, path, body):
        async with self.http.post(self.bank_url + path, json=body) as response:
            return await response.json()


def result(outcome):
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def problem(status, detail):
    body = dumps({"status": status, "detail": detail})
    return web.Response(status=status, text=body, content_type="application/problem+json")


def work(ready):
    peer = Peer(os.environ)

    async def together(app):
        # A worker that listens before the others would get all the connections.
        ready.wait(timeout=30)
        # Nor does one stay when the parent was killed.
        parent = multiprocessing.parent_process().sentinel
        asyncio.get_running_loop().add_reader(parent, os._exit, 1)

    app = web.Application()
    app.router.add_post("/v1/payments", peer.pay)
    app.cleanup_ctx.append(peer.pools)
    app.on_startup.append(together)
    web.run_app(
        app,
        host="127.0.0.1",
        port=peer.port,
        reuse_port=True,
        backlog=10_000,
        # Clients keep their connections, however seldom they use them.
        keepalive_timeout=600,
        shutdown_timeout=2,
        access_log=None,
        print=None,
        loop=uvloop.new_event_loop(),
    )


def main():
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(WORKERS)
    workers = [context.Process(target=work, args=(ready,)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()

    def stop(*_):
        for worker in workers:
            worker.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    # One that ends by itself takes the others with it.
    multiprocessing.connection.wait([worker.sentinel for worker in workers])
    stop()
    for worker in workers:
        worker.join()
    sys.exit(any(worker.exitcode for worker in workers))


if __name__ == "__main__":
    main()
