package io.oqim.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProblemTest {
    @Test
    void aProblemIsWrittenWithAllThatItKnows() {
        Problem problem = Problem.refused("invalid_amount", "amount", "It is \"too\" small.");

        assertThat(json(problem, "req_1"))
                .isEqualTo(
                        "{\"type\":\"https://oqim.io/problems/invalid-amount\",\"title\":\"Invalid amount\","
                                + "\"status\":422,\"detail\":\"It is \\\"too\\\" small.\",\"code\":\"invalid_amount\","
                                + "\"param\":\"amount\",\"request_id\":\"req_1\"}");
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        Problem problem = Problem.of(409, "conflict", "Own title", "Detail.");

        assertThat(json(problem, ""))
                .isEqualTo(
                        "{\"type\":\"https://oqim.io/problems/conflict\",\"title\":\"Own title\",\"status\":409,"
                                + "\"detail\":\"Detail.\",\"code\":\"conflict\"}");
    }

    @Test
    void busyIs503AndSaysWhenToTryAgain() {
        Problem problem = Problem.busy("overloaded", "Later.", Duration.ofSeconds(2));

        assertThat(problem.status()).isEqualTo(503);
        assertThat(problem.retryAfter()).contains(Duration.ofSeconds(2));
        assertThat(json(problem, "")).doesNotContain("retry");
    }

    @Test
    void aRefusedValueIs422AndAMalformedOne400() {
        assertThat(Problem.refused("a", "p", "d").status()).isEqualTo(422);
        assertThat(Problem.malformed("a", "p", "d").status()).isEqualTo(400);
        assertThat(Problem.unauthenticated().status()).isEqualTo(401);
        assertThat(Problem.notFound("payment").status()).isEqualTo(404);
        assertThat(Problem.conflict("a", "d").status()).isEqualTo(409);
    }

    @Test
    void anotherFieldOrTimeKeepsTheRest() {
        Problem problem =
                Problem.conflict("in_use", "Wait.").retryAfter(Duration.ofSeconds(1)).about("key");

        assertThat(problem.retryAfter()).contains(Duration.ofSeconds(1));
        assertThat(problem.param()).contains("key");
        assertThat(problem.title()).isEqualTo("In use");
    }

    @Test
    void aRefusalCarriesItsProblemWithoutAStackTrace() {
        Problem problem = Problem.notFound("payment");
        Refusal refusal = new Refusal(problem);

        assertThat(refusal.problem()).isSameAs(problem);
        assertThat(refusal).hasMessage("not_found");
        assertThat(refusal.getStackTrace()).isEmpty();
    }

    private static String json(Problem problem, String requestId) {
        return new String(problem.json(requestId), StandardCharsets.UTF_8);
    }
}
