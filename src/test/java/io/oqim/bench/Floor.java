package io.oqim.bench;

import io.oqim.dev.LocalPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the database alone can do: the same rows by pgbench, a pair of transactions for each
 * payment, without HTTP, Redis or anything else of a gateway.
 */
final class Floor {
    private static final Pattern RATE = Pattern.compile("(?m)^tps = ([0-9.]+)");
    private static final int CLIENTS = 64;

    private final int port;
    private final String database;

    Floor(int port, String database) {
        this.port = port;
        this.database = database;
    }

    /** Pairs of transactions a second. */
    double run(int seconds) throws IOException, InterruptedException {
        // Each run numbers its payments from another beginning.
        long first = System.currentTimeMillis() * 1000;
        ProcessBuilder builder =
                new ProcessBuilder(
                        List.of(
                                "pgbench",
                                "--no-vacuum",
                                "--host=127.0.0.1",
                                "--port=" + port,
                                "--username=" + LocalPostgres.MIGRATE_ROLE,
                                "--protocol=prepared",
                                "--client=" + CLIENTS,
                                "--jobs=2",
                                "--time=" + seconds,
                                "--define=n=" + first,
                                "--file=bench/peers/floor.sql",
                                database));
        builder.environment().put("PGPASSWORD", LocalPostgres.PASSWORD);
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        int ended = process.waitFor();
        Matcher rate = RATE.matcher(output);
        if (ended != 0 || !rate.find()) {
            throw new IOException("pgbench has failed: " + output);
        }
        return Double.parseDouble(rate.group(1));
    }
}
