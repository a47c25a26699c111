package io.oqim;

import io.oqim.merchant.Tenant;
import io.oqim.observe.Scope;
import io.oqim.observe.Span;
import io.oqim.observe.Tracing;
import io.oqim.payment.CommandAnswer;
import io.oqim.payment.PaymentRoom;
import io.oqim.stream.Commands;
import java.util.Optional;

/** What is asked for on a socket is done by those who do it for REST. */
final class PaymentsBySocket implements Commands {
    private final PaymentRoom payments;
    private final Tracing tracing;

    PaymentsBySocket(PaymentRoom payments, Tracing tracing) {
        this.payments = payments;
        this.tracing = tracing;
    }

    @Override
    public Result run(Tenant tenant, Command asked) throws InterruptedException {
        Scope scope = Scope.current();
        Span span =
                tracing.request("command", header -> Optional.empty())
                        .tag("oqim.request_id", scope.requestId())
                        .tag("oqim.tenant", scope.tenant());
        try {
            return scope.within(span, () -> done(tenant, asked));
        } finally {
            span.end();
        }
    }

    private Result done(Tenant tenant, Command asked) throws InterruptedException {
        CommandAnswer answer =
                payments.command(
                        tenant,
                        new PaymentRoom.Command(
                                asked.id(),
                                asked.kind(),
                                asked.payment(),
                                asked.body(),
                                asked.deadline()));
        return new Result(
                answer.status(),
                answer.body(),
                answer.eventSeq(),
                answer.replayed(),
                answer.retryAfter());
    }
}
