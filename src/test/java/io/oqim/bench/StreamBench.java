package io.oqim.bench;

import com.google.errorprone.annotations.FormatMethod;
import java.util.List;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Called by bench/streams. */
public final class StreamBench {
    private StreamBench() {}

    public static void main(String[] arguments) throws Exception {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        Options options = Options.parse(List.of(arguments).subList(1, arguments.length));
        switch (arguments[0]) {
            case "idle" -> new IdleMemory(options).run();
            case "push" -> new Push(options).run();
            case "latency" -> new Latency(options).run();
            case "all" -> {
                new IdleMemory(options).run();
                new Push(options).run();
                new Latency(options).run();
            }
            default -> throw new IllegalArgumentException("unknown: " + arguments[0]);
        }
    }

    /** A line of the result. */
    @FormatMethod
    static void print(String format, Object... values) {
        System.out.println(String.format(format, values));
    }
}
