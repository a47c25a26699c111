package io.oqim.http;

import io.helidon.webserver.http.ServerRequest;
import java.util.List;

/** Who asks, for rooms that do not know merchants. */
@FunctionalInterface
public interface Caller {
    /**
     * The tenant, once what it asks to see can be seen ({@code min_seq}).
     *
     * @param parameters those that the query may have
     * @throws Refusal 401 when nobody is known by the key
     */
    long tenant(ServerRequest request, List<String> parameters) throws InterruptedException;
}
