package io.oqim.testing;

import io.oqim.dev.PostgresServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** A PostgreSQL in a container, with durable commits. */
final class ContainerPostgres extends PostgresServer {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final OnePort container;

    ContainerPostgres() throws IOException {
        container =
                new OnePort("postgres:18", 5432)
                        .withEnv("POSTGRES_PASSWORD", PASSWORD)
                        .withCommand(
                                "postgres",
                                "-c",
                                "max_connections=200",
                                "-c",
                                "shared_buffers=128MB");
        container.start();
        untilItAnswers();
        roles();
    }

    @Override
    public int port() {
        return container.port();
    }

    @Override
    public void crash() {
        container.kill();
    }

    @Override
    public void restart() {
        container.startAgain();
        untilItAnswers();
    }

    private void untilItAnswers() {
        Soon.until(PATIENCE, "PostgreSQL answers", this::answers);
    }

    private boolean answers() {
        try (Connection connection = connect("postgres")) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() {
        container.stop();
    }
}
