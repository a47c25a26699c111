package io.oqim.merchant;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyScopeTest {
    @ParameterizedTest
    @CsvSource({
        "GET, /v1/payments, READ",
        "HEAD, /v1/payments/pay_1, READ",
        "GET, /v1/payments/pay_1/refunds, READ",
        "POST, /v1/payments, PAY",
        "POST, /v1/payments/pay_1/captures, PAY",
        "POST, /v1/payments/pay_1/cancel, PAY",
        "POST, /v1/payments/pay_1/refunds, REFUND",
        "POST, /v1/idempotency_keys/refunds/cancel, PAY",
        "POST, /v1/tokens, PAY",
        "DELETE, /v1/tokens/tok_1, PAY",
        "POST, /v1/stream/tickets, READ",
        "DELETE, /v1/stream/consumers/a, READ",
        "GET, /v1/webhook_endpoints, ENDPOINTS",
        "PATCH, /v1/webhook_endpoints/whe_1, ENDPOINTS",
        "GET, /v1/blocklist, RISK",
        "DELETE, /v1/allowlist/rle_1, RISK",
        "PUT, /v1/something_new, PAY"
    })
    void whatARequestNeedsIsToldByItsMethodAndPath(String method, String path, KeyScope needed) {
        assertThat(KeyScope.needed(method, path)).isEqualTo(needed);
    }
}
