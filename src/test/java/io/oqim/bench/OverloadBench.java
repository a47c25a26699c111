package io.oqim.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * More payments than can be made: how many are made all the same, how long those take, and what
 * becomes of the rest. Called by bench/overload.
 */
public final class OverloadBench {
    private final Options options;

    private OverloadBench(Options options) {
        this.options = options;
    }

    public static void main(String[] arguments) throws Exception {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        new OverloadBench(Options.parse(List.of(arguments)).with("connections", "3000")).run();
    }

    private void run() throws Exception {
        try (Arena arena = new Arena(options, Map.of("server.max-connections", "6000"));
                Served server = arena.start("oqim")) {
            String seconds = "seconds=" + options.number("seconds", 10);
            var ignored =
                    arena.load(
                            server, "seconds=" + options.number("warmup", 60), "connections=256");
            for (int round = 0; round < options.number("rounds", 3); round++) {
                Map<String, String> peak = arena.load(server, seconds, "connections=256");
                double most = Double.parseDouble(peak.get("rate"));
                print("as many as are answered, 256 at once", most, peak);
                for (String part : options.text("of", "0.8,1.2,1.5,2,3").split(",", -1)) {
                    int rate = (int) (most * Double.parseDouble(part));
                    print(
                            part + " of that",
                            most,
                            arena.load(server, seconds, "warmup=3", "rate=" + rate));
                }
            }
        }
    }

    private static void print(String what, double most, Map<String, String> result)
            throws IOException {
        double rate = Double.parseDouble(result.get("rate"));
        StreamBench.print(
                "%-38s %6.0f paid a second (%3.0f %%), p50 %5d ms, p99 %5d ms   %s",
                what,
                rate,
                100 * rate / most,
                Long.parseLong(result.get("p50")) / 1000,
                Long.parseLong(result.get("p99")) / 1000,
                result.get("statuses"));
    }
}
