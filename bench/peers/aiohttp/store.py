"""The tables of a payment."""

from contextlib import asynccontextmanager

import asyncpg


class Connection(asyncpg.Connection):
    async def reset(self, *, timeout=None):
        """Nothing to undo: no transaction is left open, and no setting changed."""


class Store:
    def __init__(self, pool):
        self.pool = pool

    @classmethod
    @asynccontextmanager
    async def connect(cls, size, **database):
        async with asyncpg.create_pool(
            min_size=size, max_size=size, connection_class=Connection, **database
        ) as pool:
            yield cls(pool)

    async def tenants(self):
        rows = await self.pool.fetch("SELECT secret, tenant FROM api_key")
        return {row["secret"]: row["tenant"] for row in rows}

    async def begin(self, tenant, key, fingerprint, payment):
        """False if the key is taken."""
        async with self.pool.acquire() as connection, connection.transaction():
            claimed = await connection.execute(
                """
                INSERT INTO claim (tenant, key, fingerprint, payment) VALUES ($1, $2, $3, $4)
                ON CONFLICT DO NOTHING
                """,
                tenant,
                key,
                fingerprint,
                payment.id,
            )
            if claimed == "INSERT 0 0":
                return False
            await connection.execute(
                """
                INSERT INTO payment (tenant, id, status, amount, currency, reference, first6, last4,
                    created, updated)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """,
                tenant,
                payment.id,
                payment.status,
                payment.amount,
                payment.currency,
                payment.reference,
                payment.first6,
                payment.last4,
                payment.created,
                payment.updated,
            )
            return True

    async def claim(self, tenant, key):
        """A key that is taken; no status and no body as long as there is no response."""
        return await self.pool.fetchrow(
            """
            SELECT fingerprint, status, body
            FROM claim LEFT JOIN stored_response USING (tenant, key)
            WHERE tenant = $1 AND key = $2
            """,
            tenant,
            key,
        )

    async def capture(self, tenant, key, payment, status, body):
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                """
                UPDATE payment SET status = $1, bank_reference = $2, auth_code = $3, updated = $4
                WHERE tenant = $5 AND id = $6
                """,
                payment.status,
                payment.bank_reference,
                payment.auth_code,
                payment.updated,
                tenant,
                payment.id,
            )
            await connection.executemany(
                """
                INSERT INTO posting (tenant, payment, debit, credit, amount, currency)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                [
                    (tenant, payment.id, debit, credit, amount, payment.currency)
                    for debit, credit, amount in (
                        ("receivable", "merchant", payment.amount),
                        ("merchant", "fees", payment.fee()),
                    )
                ],
            )
            await connection.execute(
                "INSERT INTO event (tenant, payment, type, body) VALUES ($1, $2, $3, $4)",
                tenant,
                payment.id,
                "payment.captured",
                body,
            )
            await connection.execute(
                """
                INSERT INTO stored_response (tenant, key, status, body) VALUES ($1, $2, $3, $4)
                """,
                tenant,
                key,
                status,
                body,
            )
