package io.oqim.payment;

import io.helidon.webserver.http.ServerRequest;
import io.oqim.config.PaymentsConfig;
import io.oqim.event.EventLog;
import io.oqim.http.Problem;
import io.oqim.http.Queries;
import io.oqim.http.Refusal;
import io.oqim.merchant.Authentication;
import io.oqim.merchant.KeyScope;
import io.oqim.merchant.Tenant;
import java.util.List;
import java.util.OptionalLong;

/** Who asks, and whether what he wrote can be read already. */
final class FreshReads {
    private final Authentication authentication;
    private final EventLog log;
    private final PaymentsConfig config;

    FreshReads(Authentication authentication, EventLog log, PaymentsConfig config) {
        this.authentication = authentication;
        this.log = log;
        this.config = config;
    }

    Tenant tenant(ServerRequest request, KeyScope needed) {
        return authentication.tenant(request, needed);
    }

    /** The tenant of who wants to read, once its log has reached what {@code min_seq} asks for. */
    Tenant reader(ServerRequest request, List<String> parameters) throws InterruptedException {
        return tenant(request, KeyScope.READ, parameters);
    }

    /** The same for another scope. */
    Tenant tenant(ServerRequest request, KeyScope needed, List<String> parameters)
            throws InterruptedException {
        Tenant tenant = tenant(request, needed);
        OptionalLong seq = Queries.of(request, parameters).integer("min_seq", 0, Long.MAX_VALUE);
        if (seq.isPresent()
                && !log.await(
                        tenant.id(), seq.getAsLong(), config.minSeqWait(), config.followPause())) {
            throw new Refusal(
                    Problem.busy(
                                    "not_yet_visible",
                                    "The log has not reached min_seq yet.",
                                    Refusals.RETRY)
                            .about("min_seq"));
        }
        return tenant;
    }
}
