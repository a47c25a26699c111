package io.oqim;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.oqim.config.ConfigException;
import io.oqim.config.OqimConfig;
import io.oqim.crypto.CryptoPool;
import io.oqim.event.Retention;
import io.oqim.sandbox.Sandbox;
import io.oqim.sandbox.SandboxOptions;
import io.oqim.store.Database;
import io.oqim.store.Migrations;
import io.oqim.vault.Rewrap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * {@code java -jar oqim.jar ROLE}. Exit codes: 0 done, 1 could not start, 2 wrong use or
 * configuration, 3 the audit found differences, verify something that does not fit, or rewrap what
 * it cannot read.
 */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        if (arguments.length > 0 && arguments[0].equals("verify")) {
            verify(arguments);
            return;
        }
        Optional<Role> role = arguments.length == 1 ? Role.parse(arguments[0]) : Optional.empty();
        if (role.isEmpty()) {
            fail(
                    2,
                    "usage: java -jar oqim.jar "
                            + String.join("|", Role.names())
                            + ", or verify EVENTS [CHECKPOINTS KEYS]");
            return;
        }
        try {
            start(role.get(), config(role.get()));
        } catch (ConfigException e) {
            fail(2, "oqim: " + e.getMessage());
        } catch (RuntimeException e) {
            LoggerFactory.getLogger(Main.class).error("could not start", e);
            fail(1, "oqim: could not start: " + e.getMessage());
        }
    }

    private static OqimConfig config(Role role) {
        return role.needsKeys()
                ? OqimConfig.load(System.getenv(), System.getProperties())
                : OqimConfig.loadWithoutKeys(System.getenv(), System.getProperties());
    }

    /** Needs no configuration: a merchant runs it on what he has. */
    private static void verify(String[] arguments) {
        if (arguments.length != 2 && arguments.length != 4) {
            fail(2, "usage: java -jar oqim.jar verify EVENTS [CHECKPOINTS KEYS]");
            return;
        }
        try {
            boolean more = arguments.length == 4;
            boolean good =
                    new Verify(Main::print)
                            .run(
                                    Path.of(arguments[1]),
                                    more ? Optional.of(Path.of(arguments[2])) : Optional.empty(),
                                    more ? Optional.of(Path.of(arguments[3])) : Optional.empty());
            System.exit(good ? 0 : 3);
        } catch (IOException | RuntimeException e) {
            fail(2, "oqim: cannot read it: " + e.getMessage());
        }
    }

    private static void start(Role role, OqimConfig config) throws InterruptedException {
        switch (role) {
            case MIGRATE -> {
                int applied = Migrations.run(config.database());
                LoggerFactory.getLogger(Main.class).info("{} migrations applied", applied);
            }
            case AUDIT -> {
                if (new Audit(config, Main::print).run() > 0) {
                    System.exit(3);
                }
            }
            case REWRAP -> {
                if (!config.vault().enabled()) {
                    fail(2, "oqim: vault.enabled is false: there is no vault to work on");
                    return;
                }
                try (Database database = new Database(config.database(), 0)) {
                    if (new Rewrap(database, config.vault(), Main::print).run().unreadable() > 0) {
                        System.exit(3);
                    }
                }
            }
            case RETAIN -> {
                try (CryptoPool pool = new CryptoPool(1, 1, new SimpleMeterRegistry())) {
                    int removed =
                            new Retention(
                                            config.database(),
                                            Gateway.notary(config, pool),
                                            config.checkpoints(),
                                            config.upkeep())
                                    .run();
                    LoggerFactory.getLogger(Main.class).info("{} months removed", removed);
                }
            }
            case SANDBOX -> run(Sandbox.start(options(config)));
            case GATEWAY, STREAM, WORKER, ALL -> run(Gateway.start(config, role));
        }
    }

    /**
     * Runs until the process is told to end; then closes what was started, and only then lets go.
     */
    private static void run(AutoCloseable service) throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .name("shutdown")
                                .unstarted(
                                        () -> {
                                            try {
                                                service.close();
                                            } catch (Exception e) {
                                                LoggerFactory.getLogger(Main.class)
                                                        .error("unclean end", e);
                                            } finally {
                                                closed.countDown();
                                            }
                                        }));
        closed.await();
    }

    private static SandboxOptions options(OqimConfig config) {
        var sandbox = config.sandbox();
        return new SandboxOptions(
                sandbox.host(),
                sandbox.port(),
                sandbox.books(),
                sandbox.key().reveal(),
                List.of("alpha", "beta"),
                1,
                Duration.ofMillis(20),
                Duration.ofMillis(40));
    }

    @SuppressWarnings("SystemOut") // what the audit finds is its output
    private static void print(String line) {
        System.out.println(line);
    }

    @SuppressWarnings("SystemOut") // the log may not be readable by whoever started this by hand
    private static void fail(int code, String message) {
        System.err.println(message);
        System.exit(code);
    }
}
