package io.oqim.chaos;

import io.oqim.dev.LocalRedis;
import io.oqim.dev.OqimProcess;
import io.oqim.testing.Signal;
import io.oqim.testing.Soon;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One process of Oqim, with ports that stay the same when it is started again. */
final class Node {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private static final List<String> JVM =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");
    private static final Duration READY_WITHIN = Duration.ofSeconds(90);

    private final String name;
    private final String role;
    private final Path log;
    private final Map<String, String> settings;
    private final int port;
    private final String health;
    private Process process;

    Node(String name, String role, Map<String, String> shared, Path folder) throws IOException {
        this.name = name;
        this.role = role;
        this.log = folder.resolve(name + ".log");
        this.settings = new LinkedHashMap<>(shared);
        this.port = LocalRedis.freePort();
        if (role.equals("sandbox")) {
            settings.put("OQIM_SANDBOX_PORT", Integer.toString(port));
            health = "http://127.0.0.1:" + port + "/health";
        } else {
            int management = LocalRedis.freePort();
            settings.put("OQIM_PORT", Integer.toString(port));
            settings.put("OQIM_MANAGEMENT_PORT", Integer.toString(management));
            health = "http://127.0.0.1:" + management + "/health/ready";
        }
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    void start() throws IOException {
        process = OqimProcess.start(role, settings, JVM, log);
    }

    void untilReady() {
        Soon.until(READY_WITHIN, name + " is ready", this::ready);
    }

    /** What whoever shares out requests looks at. */
    boolean ready() {
        try {
            HttpRequest asked =
                    HttpRequest.newBuilder(URI.create(health))
                            .timeout(Duration.ofSeconds(1))
                            .build();
            return HTTP.send(asked, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        Soon.until(name + " is gone", () -> !process.isAlive());
    }

    /** SIGTERM; returns when it has ended. */
    void stop() {
        process.destroy();
        Soon.until(READY_WITHIN, name + " has ended", () -> !process.isAlive());
    }

    /** SIGSTOP: it stands still with all that it has in hand. */
    void pause() throws IOException {
        Signal.STOP.to(process.toHandle());
    }

    /** SIGCONT: it goes on as if no time had passed. */
    void resume() throws IOException {
        Signal.CONT.to(process.toHandle());
    }
}
