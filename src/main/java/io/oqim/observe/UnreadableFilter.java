package io.oqim.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Leaves out what Helidon says of bytes that it cannot read. It takes some of them for a fault of
 * its own, with a stack trace, so that whoever sends nonsense would fill the log; they are answered
 * 400. Named in logback.xml.
 */
public final class UnreadableFilter extends TurboFilter {
    private static final String CONNECTIONS = "io.helidon.webserver.http1.Http1Connection";
    private static final String PARSERS = "io.helidon.";

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        return thrown != null
                        && thrown.getCause() != null
                        && logger.getName().equals(CONNECTIONS)
                        && byParser(thrown.getCause())
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }

    /** What fails in our own code, or in the JDK's, is a fault all the same. */
    private static boolean byParser(Throwable cause) {
        StackTraceElement[] steps = cause.getStackTrace();
        return steps.length > 0 && steps[0].getClassName().startsWith(PARSERS);
    }
}
