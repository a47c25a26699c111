package io.oqim;

import io.oqim.bank.Bank;
import io.oqim.bank.Banks;
import io.oqim.concurrent.Loop;
import io.oqim.http.Json;
import io.oqim.http.Refusal;
import io.oqim.observe.Traces;
import io.oqim.redis.Redis;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Traces between processes, by Redis: each says once a second which tenants are watched in it, and
 * what happens to those is told to all. Also notices when a bank becomes available, or is not any
 * more, as this process sees it.
 */
final class LiveTraces implements AutoCloseable {
    private static final String WATCHED = "oqim:watched";
    private static final String TRACES = "oqim:traces";
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Tenants that are named by one process; the others are watched by those in it alone. */
    private static final int NAMED_MOST = 1000;

    /** Names this process, which hears itself too. */
    private final String self = Long.toHexString(new SecureRandom().nextLong());

    private final Redis redis;
    private final Banks banks;
    private final Traces traces;
    private final Map<String, Boolean> available = new HashMap<>();
    private final Loop loop = new Loop("traces", this::turn);

    LiveTraces(Redis redis, Banks banks) {
        this.redis = redis;
        this.banks = banks;
        this.traces =
                new Traces(
                        (tenant, json) ->
                                redis.publish(
                                        TRACES,
                                        self
                                                + ":"
                                                + tenant
                                                + ":"
                                                + new String(json, StandardCharsets.UTF_8)));
    }

    Traces traces() {
        return traces;
    }

    /** To be called before Redis is listened to. */
    void listen() {
        redis.subscribe(WATCHED, this::watched);
        redis.subscribe(TRACES, this::heard);
        loop.start();
    }

    private void watched(String message) {
        String[] parts = message.split(":", 2);
        if (parts.length == 2 && !parts[0].equals(self)) {
            for (String tenant : parts[1].split(",", -1)) {
                if (isNumber(tenant)) {
                    traces.watchedElsewhere(Long.parseLong(tenant));
                }
            }
        }
    }

    private void heard(String message) {
        String[] parts = message.split(":", 3);
        if (parts.length == 3 && !parts[0].equals(self) && isNumber(parts[1])) {
            byte[] json = parts[2].getBytes(StandardCharsets.UTF_8);
            if (isObject(json)) {
                traces.heard(Long.parseLong(parts[1]), json);
            }
        }
    }

    /**
     * It goes into a frame as it is: what is more than one object could make another frame of it.
     */
    private static boolean isObject(byte[] json) {
        try {
            var ignored = Json.object(json);
            return true;
        } catch (Refusal e) {
            return false;
        }
    }

    private static boolean isNumber(String text) {
        return text.matches("\\d{1,18}");
    }

    private Duration turn() {
        Set<Long> here = traces.watchedHere();
        if (!here.isEmpty()) {
            redis.publish(
                    WATCHED,
                    self
                            + ":"
                            + String.join(
                                    ",",
                                    here.stream()
                                            .limit(NAMED_MOST)
                                            .map(id -> Long.toString(id))
                                            .toList()));
        }
        for (Bank bank : banks.all()) {
            Boolean before = available.put(bank.name(), bank.available());
            if (before != null && before != bank.available()) {
                traces.tellAll(changed(bank.name(), bank.available()));
            }
        }
        return PAUSE;
    }

    private static byte[] changed(String bank, boolean isAvailable) {
        return Json.bytes(
                out -> {
                    out.writeStartObject();
                    out.write("kind", "bank");
                    out.write("bank", bank);
                    out.write("available", isAvailable);
                    out.write("at", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
                    out.writeEnd();
                });
    }

    @Override
    public void close() {
        loop.close();
    }
}
