package io.oqim.testing;

import io.oqim.dev.RedisServer;
import java.io.IOException;

/** A Redis in a container that keeps nothing on disk. */
final class ContainerRedis extends RedisServer {
    private final OnePort container;
    private boolean stopped;

    ContainerRedis() throws IOException {
        container =
                new OnePort("redis:7", 6379)
                        .withCommand(
                                "--protected-mode",
                                "no",
                                "--bind",
                                "0.0.0.0",
                                "--save",
                                "",
                                "--maxmemory",
                                "64mb");
        container.start();
        untilItAnswers();
    }

    @Override
    public int port() {
        return container.port();
    }

    @Override
    public void stop() {
        container.kill();
        stopped = true;
    }

    @Override
    public void restart() {
        if (stopped) {
            container.startAgain();
            untilItAnswers();
            stopped = false;
        }
    }

    private void untilItAnswers() {
        Soon.until("Redis answers", this::answers);
    }

    private boolean answers() {
        try {
            return ask(redis -> redis.ping().equals("PONG"));
        } catch (RuntimeException e) {
            return false;
        }
    }

    @Override
    public void close() {
        container.stop();
    }
}
