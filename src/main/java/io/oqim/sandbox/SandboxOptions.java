package io.oqim.sandbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How the sandbox is started.
 *
 * @param port 0 for any free one
 * @param books directory of the banks' books; created when it is missing
 * @param bankKey what callers send as bearer token
 * @param banks their names, which are the first part of their paths
 * @param seed of the random latencies and faults
 * @param riskLatency of a risk check, until the control API sets another
 * @param moneyLatency of every call that moves money, likewise
 */
public record SandboxOptions(
        String host,
        int port,
        Path books,
        String bankKey,
        List<String> banks,
        long seed,
        Duration riskLatency,
        Duration moneyLatency) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,31}");
    private static final Set<String> TAKEN = Set.of("control", "health", "journal");
    private static final int MAX_PORT = 65_535;

    public SandboxOptions {
        banks = List.copyOf(banks);
        check(port >= 0 && port <= MAX_PORT, "port must be from 0 to 65535");
        check(!bankKey.isBlank(), "bankKey must not be empty");
        check(!banks.isEmpty(), "banks must name at least one bank");
        check(new HashSet<>(banks).size() == banks.size(), "banks must be different");
        for (String bank : banks) {
            boolean usable = NAME.matcher(bank).matches() && !TAKEN.contains(bank);
            check(usable, "no bank can be called '" + bank + "'");
        }
        check(isLatency(riskLatency), "riskLatency must be from 0 to 2 minutes");
        check(isLatency(moneyLatency), "moneyLatency must be from 0 to 2 minutes");
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "SandboxOptions["
                + host
                + ":"
                + port
                + ", books="
                + books
                + ", banks="
                + banks
                + "]";
    }

    private static boolean isLatency(Duration latency) {
        return !latency.isNegative() && latency.compareTo(Latency.MAX) <= 0;
    }

    private static void check(boolean good, String message) {
        if (!good) {
            throw new IllegalArgumentException(message);
        }
    }
}
