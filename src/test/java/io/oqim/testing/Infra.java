package io.oqim.testing;

import io.oqim.dev.LocalPostgres;
import io.oqim.dev.LocalRedis;
import io.oqim.dev.PostgresServer;
import io.oqim.dev.RedisServer;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What tests run on: PostgreSQL and Redis of this machine, or, with {@code -Dinfra=containers}, in
 * containers.
 */
public final class Infra {
    private static final String WHERE = System.getProperty("infra", "local");

    private Infra() {}

    /**
     * Starts a PostgreSQL.
     *
     * @param data its folder, if it is of this machine
     */
    public static PostgresServer postgres(Path data) throws IOException {
        return inContainers() ? new ContainerPostgres() : LocalPostgres.start(data);
    }

    public static RedisServer redis() throws IOException {
        return inContainers() ? new ContainerRedis() : LocalRedis.start();
    }

    private static boolean inContainers() {
        return switch (WHERE) {
            case "local" -> false;
            case "containers" -> true;
            default -> throw new IllegalArgumentException("infra is local or containers: " + WHERE);
        };
    }
}
