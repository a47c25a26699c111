package io.oqim.dev;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.util.function.Function;

/** A Redis for tests, wherever it runs. */
public abstract class RedisServer implements AutoCloseable {
    /** Where it listens on this machine, also after a restart. */
    public abstract int port();

    /** Ends it at once; {@link #restart} brings it back, empty. */
    public abstract void stop();

    /** Starts it again, unless it runs; returns when it answers. */
    public abstract void restart() throws IOException;

    @Override
    public abstract void close();

    public final String url() {
        return "redis://127.0.0.1:" + port();
    }

    /** Says something on a channel, as any other client could. */
    public final void publish(String channel, String message) {
        Long ignored = ask(redis -> redis.publish(channel, message));
    }

    /** Asks it something. */
    public final <T> T ask(Function<RedisCommands<String, String>, T> question) {
        RedisClient client = RedisClient.create(RedisURI.create(url()));
        try (var connection = client.connect()) {
            return question.apply(connection.sync());
        } catch (RedisException e) {
            throw new IllegalStateException("Redis on port " + port(), e);
        } finally {
            client.shutdown();
        }
    }

    /** How many keys it has. */
    public final long keys() {
        return ask(RedisCommands::dbsize);
    }
}
