package io.oqim.payment;

import static io.oqim.http.Refusals.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.oqim.bank.BankIds;
import io.oqim.bank.BankReply;
import io.oqim.money.Money;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettlingStrictTest {
    private static final BankIds IDS =
            new BankIds(Optional.of("b-1"), Optional.of("A1"), Optional.of("r-1"));
    private final Settling settling = new Settling(Samples.CONFIG);

    @Test
    void whatWasSentAndIsInDoubtIsNotReopenedByACallThatWasNotSent() {
        Settled settled =
                settling.settle(
                        Samples.open(OperationKind.SALE, PaymentStatus.IN_DOUBT),
                        new BankReply.NotSent("refused"),
                        Samples.NOW);

        assertThat(settled.payment().status()).isEqualTo(PaymentStatus.IN_DOUBT);
        assertThat(settled.attempt().state()).isEqualTo(AttemptState.UNKNOWN);
        assertThat(settled.forKey()).isEqualTo(Samples.answer(202));
    }

    @Test
    void theBanksIdsOfAnApprovalOfOtherMoneyAreKeptAsEvidence() {
        Settled settled =
                settling.settle(
                        Samples.open(OperationKind.SALE, PaymentStatus.PROCESSING),
                        new BankReply.Approved(Money.of(1, "UZS"), IDS),
                        Samples.NOW);

        assertThat(settled.attempt().ids()).isEqualTo(IDS);
    }

    @Test
    void amountsWhoseSumOverflowsDoNotExist() {
        assertThatThrownBy(() -> Samples.amounts(1, Long.MAX_VALUE, 0, 1, 0, 0, 0))
                .isInstanceOfAny(ArithmeticException.class, IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "999.1.1.1",
                "256.0.0.1",
                ":",
                ":::",
                "1::2::3",
                "12345::",
                "1:2:3",
                "1.2.3.4:80"
            })
    void anAddressThatCannotExistIsRefused(String ip) {
        RequestBody body = new RequestBody().with("customer", "{\"ip\":\"" + ip + "\"}");

        assertThat(problem(() -> CreatePaymentJson.read(body.fields(), true)).code())
                .isEqualTo("invalid_ip");
    }
}
