package io.oqim.bench.vertx;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.util.concurrent.TimeUnit;

/** Counts the payments of each card, over one connection that all requests of a verticle share. */
final class Velocity {
    private static final long LIMIT = 1_000_000;
    private static final long TIME_OUT_SECONDS = 2;
    private static final int WINDOW_SECONDS = 3600;
    private static final int MOST_WAITING = 64 * 1024;

    private final Redis redis;
    private Future<RedisConnection> connection;

    Velocity(Vertx vertx, int port) {
        redis =
                Redis.createClient(
                        vertx,
                        new RedisOptions()
                                .setConnectionString("redis://127.0.0.1:" + port)
                                .setProtocolNegotiation(false)
                                .setMaxWaitingHandlers(MOST_WAITING));
    }

    /** Fails if there were too many. */
    Future<Void> count(long tenant, String card) {
        String key = "velocity:" + tenant + ":" + card;
        return connection()
                .compose(connected -> increment(connected, key))
                .timeout(TIME_OUT_SECONDS, TimeUnit.SECONDS)
                .compose(
                        count ->
                                count > LIMIT
                                        ? Future.failedFuture(
                                                new HttpException(422, "too_many_payments"))
                                        : Future.succeededFuture());
    }

    private static Future<Long> increment(RedisConnection connected, String key) {
        return connected
                .send(Request.cmd(Command.INCR).arg(key))
                .compose(
                        reply -> {
                            long count = reply.toLong();
                            return count > 1
                                    ? Future.succeededFuture(count)
                                    : connected
                                            .send(
                                                    Request.cmd(Command.EXPIRE)
                                                            .arg(key)
                                                            .arg(WINDOW_SECONDS))
                                            .map(count);
                        });
    }

    /** Anew if the last one is gone. */
    private Future<RedisConnection> connection() {
        if (connection == null || connection.failed()) {
            connection =
                    redis.connect()
                            .onSuccess(
                                    connected ->
                                            connected
                                                    .endHandler(gone -> connection = null)
                                                    .exceptionHandler(e -> connection = null));
        }
        return connection;
    }
}
