package io.oqim.dev;

import io.oqim.config.OqimConfig;
import io.oqim.store.Migrations;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./mvnw -Pdev}: Oqim with everything it needs, on this machine, until Ctrl-C.
 *
 * <p>Oqim is a process of its own; when it dies, it is started again on the same data, so that
 * anyone can kill it and see that nothing is lost.
 */
public final class Dev {
    private static final Path HOME = Path.of("target", "dev");
    private static final String ADMIN_KEY = "dev-admin-key-for-this-machine";
    private static final String BANK_KEY = "dev-bank-key-for-this-machine";
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final PrintStream OUT = System.out;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private volatile boolean stopping;

    private Dev() {}

    public static void main(String[] arguments) throws Exception {
        Dev dev = new Dev();
        Runtime.getRuntime().addShutdownHook(new Thread(dev::stop, "dev-stop"));
        // Maven that is killed does not tell its children.
        ProcessHandle.current().parent().ifPresent(Dev::endWith);
        try {
            dev.run();
        } catch (IOException | RuntimeException e) {
            if (!dev.stopping) {
                System.err.println("dev: " + e.getMessage());
                System.exit(1);
            }
        }
    }

    private static void endWith(ProcessHandle parent) {
        var ignored = parent.onExit().thenRun(() -> System.exit(0));
    }

    private void run() throws Exception {
        Files.createDirectories(HOME);
        Files.deleteIfExists(HOME.resolve("dev.env"));
        OUT.println("dev: starting PostgreSQL and Redis");
        LocalPostgres postgres = open(LocalPostgres.start(HOME.resolve("data/postgres")));
        LocalRedis redis = open(LocalRedis.start());
        configure(postgres, redis);
        Migrations.run(OqimConfig.load(settings, new Properties()).database());
        Process sandbox =
                OqimProcess.start(
                        "sandbox",
                        settings,
                        List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                        HOME.resolve("sandbox.log"));
        open(() -> end(sandbox));
        await("http://127.0.0.1:" + port("OQIM_SANDBOX_PORT") + "/health", sandbox, "sandbox");
        String apiKey = null;
        while (!stopping) {
            Process oqim =
                    OqimProcess.start(
                            "all",
                            settings,
                            List.of("-Xmx512m", "-XX:+ExitOnOutOfMemoryError"),
                            HOME.resolve("oqim.log"));
            AutoCloseable ending = open(() -> end(oqim));
            await(management() + "/health/ready", oqim, "oqim");
            apiKey = apiKey == null ? demoMerchant() : apiKey;
            writeEnv(apiKey, oqim.pid(), postgres, redis);
            greet(apiKey, oqim.pid());
            int code = oqim.waitFor();
            if (!stopping) {
                opened.remove(ending);
                OUT.println("dev: oqim ended with code " + code + ", starting it again");
            }
        }
    }

    private void configure(LocalPostgres postgres, LocalRedis redis) {
        settings.put("OQIM_PORT", Integer.toString(port("OQIM_PORT")));
        settings.put("OQIM_MANAGEMENT_PORT", Integer.toString(port("OQIM_MANAGEMENT_PORT")));
        settings.put("OQIM_SANDBOX_PORT", Integer.toString(port("OQIM_SANDBOX_PORT")));
        settings.put("OQIM_ADMIN_KEY", ADMIN_KEY);
        settings.put("OQIM_CRYPTO_KEY", "dev-crypto-key-for-this-machine-only");
        settings.put("OQIM_VAULT_KEYS", "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=");
        settings.put("OQIM_DATABASE_URL", postgres.database("oqim"));
        settings.put("OQIM_DATABASE_PASSWORD", LocalPostgres.PASSWORD);
        settings.put("OQIM_DATABASE_MIGRATE_PASSWORD", LocalPostgres.PASSWORD);
        settings.put("OQIM_REDIS_URL", redis.url());
        // Nobody shares out requests here.
        settings.put("OQIM_SERVER_NOTICE", "0s");
        // Receivers of webhooks are on this machine too.
        settings.put("OQIM_WEBHOOKS_ALLOW_HTTP", "true");
        settings.put("OQIM_WEBHOOKS_ALLOW_PRIVATE", "true");
        settings.put("OQIM_SANDBOX_KEY", BANK_KEY);
        settings.put("OQIM_SANDBOX_BOOKS", HOME.resolve("data/sandbox").toString());
        String bank = "http://127.0.0.1:" + port("OQIM_SANDBOX_PORT") + "/alpha";
        settings.put("OQIM_BANKS_ALPHA_URL", bank);
        settings.put("OQIM_BANKS_ALPHA_KEY", BANK_KEY);
        settings.put("OQIM_BANKS_ALPHA_TOKENS", "true");
        settings.put("OQIM_BANKS_ALPHA_CHALLENGES", "true");
        settings.put("OQIM_BANKS_ALPHA_DISPUTES", "true");
        settings.put(
                "OQIM_BANKS_ALPHA_JOURNAL_URL",
                "http://127.0.0.1:" + port("OQIM_SANDBOX_PORT") + "/journal");
        settings.put("OQIM_BANKS_CALLBACK_URL", "http://127.0.0.1:" + port("OQIM_PORT"));
        // Whatever else the caller has set goes through, so that dev can be tuned like production.
        System.getenv()
                .forEach(
                        (name, value) -> {
                            if (name.startsWith("OQIM_")
                                    && !name.equals("OQIM_ADMIN_KEY")
                                    && !name.endsWith("_URL")) {
                                settings.putIfAbsent(name, value);
                            }
                        });
        settings.remove("OQIM_API_KEY");
        settings.remove("OQIM_PID");
    }

    private static int port(String name) {
        String set = System.getenv(name);
        if (set != null) {
            return Integer.parseInt(set);
        }
        return switch (name) {
            case "OQIM_PORT" -> 8080;
            case "OQIM_MANAGEMENT_PORT" -> 8081;
            default -> 8090;
        };
    }

    private static String management() {
        return "http://127.0.0.1:" + port("OQIM_MANAGEMENT_PORT");
    }

    /** One merchant without limits, whose key is kept with the data. */
    private String demoMerchant() throws IOException, InterruptedException {
        Path kept = HOME.resolve("data/demo-key");
        if (Files.exists(kept)) {
            return Files.readString(kept).strip();
        }
        String merchant =
                field(admin("/admin/v1/merchants", "{\"name\":\"Demo\",\"card_limit\":0}"), "id");
        String key =
                field(
                        admin("/admin/v1/merchants/" + merchant + "/keys", "{\"mode\":\"test\"}"),
                        "secret");
        Files.writeString(kept, key);
        return key;
    }

    private String admin(String path, String body) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(management() + path))
                        .header("Authorization", "Bearer " + ADMIN_KEY)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 201) {
            throw new IOException(
                    path + " answered " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    private static String field(String json, String name) {
        return io.oqim.http.Json.trusted(json).getString(name);
    }

    private void await(String url, Process process, String what)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + READY_WITHIN.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            try {
                HttpRequest request =
                        HttpRequest.newBuilder(URI.create(url))
                                .timeout(Duration.ofSeconds(1))
                                .build();
                if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode()
                        == 200) {
                    return;
                }
            } catch (IOException e) {
                // not yet
            }
            Thread.sleep(50);
        }
        throw new IOException(
                what
                        + (process.isAlive()
                                ? " did not get ready"
                                : " ended with code " + process.exitValue())
                        + "; its log is "
                        + HOME.resolve(what + ".log"));
    }

    private void writeEnv(String apiKey, long pid, LocalPostgres postgres, LocalRedis redis)
            throws IOException {
        Map<String, String> env = new LinkedHashMap<>();
        env.put("OQIM_URL", url());
        env.put("OQIM_API_KEY", apiKey);
        env.put("OQIM_ADMIN_KEY", ADMIN_KEY);
        env.put("OQIM_MANAGEMENT_URL", management());
        env.put("OQIM_SANDBOX_URL", "http://127.0.0.1:" + port("OQIM_SANDBOX_PORT"));
        env.put(
                "OQIM_DB_URL",
                "postgresql://"
                        + LocalPostgres.RUN_ROLE
                        + ":"
                        + LocalPostgres.PASSWORD
                        + "@127.0.0.1:"
                        + postgres.port()
                        + "/oqim");
        env.put("OQIM_REDIS_URL", redis.url());
        env.put("OQIM_PID", Long.toString(pid));
        StringBuilder text = new StringBuilder();
        env.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
        Path part = HOME.resolve("dev.env.part");
        Files.writeString(part, text);
        Files.move(
                part,
                HOME.resolve("dev.env"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static String url() {
        return "http://127.0.0.1:" + port("OQIM_PORT");
    }

    private void greet(String apiKey, long pid) {
        OUT.println(
                """

                Oqim is ready (pid %d).  URL: %s   API key: %s

                Pay:
                  curl -sS %s/v1/payments \\
                    -H 'Authorization: Bearer %s' \\
                    -H "Idempotency-Key: $(date +%%s%%N)" -H 'Content-Type: application/json' \\
                    -d '{"amount":125000,"currency":"UZS","payment_method":{"type":"card","card":{"number":"4242424242424242","exp_month":12,"exp_year":2030,"cvc":"123"}}}'

                Watch the stream:
                  %s -cp target/classes:target/test-classes io.oqim.dev.Watch '%s/v1/stream?after=0' %s

                Everything above as variables:  . target/dev/dev.env      Stop: Ctrl-C
                """
                        .formatted(
                                pid,
                                url(),
                                apiKey,
                                url(),
                                apiKey,
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                url().replace("http", "ws"),
                                apiKey));
    }

    private <T extends AutoCloseable> T open(T resource) {
        synchronized (opened) {
            opened.push(resource);
        }
        return resource;
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    /**
     * In reverse order: Oqim finishes its payments while the banks and the database are still
     * there.
     */
    private void stop() {
        stopping = true;
        try {
            // It speaks of what is not there any more.
            Files.deleteIfExists(HOME.resolve("dev.env"));
        } catch (IOException e) {
            System.err.println("dev: " + e.getMessage());
        }
        while (true) {
            AutoCloseable next;
            synchronized (opened) {
                next = opened.poll();
            }
            if (next == null) {
                return;
            }
            try {
                next.close();
            } catch (Exception e) {
                System.err.println("dev: " + e.getMessage());
            }
        }
    }
}
