package io.oqim.store;

import java.util.Set;

/** Where each table would be, if tenants were spread over several servers (docs/scaling.md). */
final class Distribution {
    /** With their tenant. */
    static final Set<String> BY_TENANT =
            Set.of(
                    "attempt",
                    "checkpoint",
                    "consumer",
                    "data_key",
                    "dispute",
                    "dispute_file",
                    "dispute_file_part",
                    "event",
                    "event_floor",
                    "evidence",
                    "idempotency_claim",
                    "journal_batch",
                    "ledger_balance",
                    "maturing",
                    "operation",
                    "payment",
                    "posting",
                    "risk_entry",
                    "risk_rules",
                    "risk_version",
                    "signature_key",
                    "stored_response",
                    "tenant_head",
                    "token",
                    "trace",
                    "webhook_attempt",
                    "webhook_delivery",
                    "webhook_endpoint",
                    "webhook_replay",
                    "webhook_secret");

    /** The same on each server: small, seldom written, and found without knowing the tenant. */
    static final Set<String> EVERYWHERE =
            Set.of(
                    "api_key",
                    "dispute_feed",
                    "dispute_news",
                    "key_check",
                    "signing_key",
                    "stream_ticket",
                    "tenant");

    private Distribution() {}
}
