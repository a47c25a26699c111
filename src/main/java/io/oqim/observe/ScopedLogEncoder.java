package io.oqim.observe;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object a line, with the request and the tenant of the thread that writes it. Named in
 * logback.xml; appenders must encode on the writing thread, as those without a queue do.
 */
public final class ScopedLogEncoder extends JsonEncoder {
    @Override
    public byte[] encode(ILoggingEvent event) {
        Scope scope = Scope.current();
        if (event instanceof LoggingEvent line) {
            add(line, "request_id", scope.requestId());
            add(line, "tenant", scope.tenant());
            add(line, "trace_id", scope.span().traceId());
        }
        return super.encode(event);
    }

    /** Unless it is not known, or the line says it itself. */
    private static void add(LoggingEvent line, String name, String value) {
        if (value.isEmpty()) {
            return;
        }
        List<KeyValuePair> there = line.getKeyValuePairs();
        if (there == null || there.stream().noneMatch(pair -> pair.key.equals(name))) {
            line.addKeyValuePair(new KeyValuePair(name, value));
        }
    }
}
