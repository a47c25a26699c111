package io.oqim.risk;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.config.Secret;
import io.oqim.crypto.Hashes;
import io.oqim.http.Json;
import io.oqim.money.Money;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DryRunTest {
    private static final Instant BEGAN = Instant.parse("2026-11-01T00:00:00Z");
    private static final Hashes HASHES =
            new Hashes(new Secret("a-crypto-key-of-at-least-thirty-two-characters"));

    @Test
    void rulesAreTriedOnPastPaymentsAsTheyWere() {
        // One payment a minute, of ten customers in turn; amounts grow.
        List<PastPayments.Past> past = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            past.add(payment(i));
        }
        Rules rules =
                read(
                        """
                        {"rules":[
                            {"name":"large","when":{"amount":{"gte":900}},"then":"review"},
                            {"name":"often","when":{"customer_count":{"gt":5}},"then":"block"}]}""");

        DryRun.Report report = run(past, rules, 10_000);

        assertThat(report.looked()).isEqualTo(1_000);
        assertThat(report.through()).isEqualTo(new UUID(0, 1_000));
        assertThat(report.hits().get("large")).isEqualTo(100);
        // Six in an hour, one every ten minutes: from each one's sixth on.
        assertThat(report.hits().get("often")).isEqualTo(1_000 - 50);
        assertThat(report.outcomes().get(Action.BLOCK).payments()).isEqualTo(950);
        assertThat(report.outcomes().get(Action.PASS).payments()).isEqualTo(50);
        assertThat(report.outcomes().get(Action.BLOCK).examples()).hasSize(20);
        assertThat(report.outcomes().get(Action.BLOCK).captured()).isEqualTo(475);
    }

    @Test
    void aRunThatIsCutGoesOnFromWhereItWas() {
        List<PastPayments.Past> past = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            past.add(payment(i));
        }

        DryRun.Report report = run(past, Rules.NONE, 30);

        assertThat(report.looked()).isEqualTo(30);
        assertThat(report.through()).isEqualTo(new UUID(0, 30));
    }

    private static DryRun.Report run(List<PastPayments.Past> past, Rules rules, long most) {
        DryRun run =
                new DryRun(
                        (tenant, after, limit) ->
                                past.stream()
                                        .filter(one -> one.id().compareTo(after) > 0)
                                        .limit(limit)
                                        .toList(),
                        7);
        return run.run(
                1,
                rules,
                new PastCounts(HASHES, Duration.ofHours(1), 1_000),
                new DryRun.Extent(
                        new UUID(0, 0), most, System.nanoTime() + Duration.ofMinutes(1).toNanos()));
    }

    private static PastPayments.Past payment(int i) {
        return new PastPayments.Past(
                new UUID(0, i + 1),
                BEGAN.plus(Duration.ofMinutes(i)),
                new Facts(
                        1,
                        Money.of(i, "UZS"),
                        new byte[32],
                        Optional.empty(),
                        Optional.of("c-" + i % 10),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                i % 2);
    }

    private static Rules read(String text) {
        return RulesJson.read(Json.object(text.getBytes(StandardCharsets.UTF_8)));
    }
}
