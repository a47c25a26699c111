package io.oqim.bench.vertx;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;

/** One event loop with a server, clients and connections of its own: nothing crosses threads. */
final class PaymentVerticle extends VerticleBase {
    private static final int BACKLOG = 10_000;
    private static final long BODY_LIMIT = 64 * 1024;

    private final Settings settings;
    private final Tenants tenants;
    private final int poolSize;

    PaymentVerticle(Settings settings, Tenants tenants, int poolSize) {
        this.settings = settings;
        this.tenants = tenants;
        this.poolSize = poolSize;
    }

    @Override
    public Future<?> start() {
        Pool pool =
                PgBuilder.pool()
                        .with(new PoolOptions().setMaxSize(poolSize))
                        .connectingTo(settings.postgres())
                        .using(vertx)
                        .build();
        PaymentHandler payments =
                new PaymentHandler(
                        tenants,
                        new Fingerprints(settings.cryptoKey()),
                        new PaymentStore(pool),
                        new Velocity(vertx, settings.redisPort()),
                        new Bank(vertx, settings.bankUrl()));
        Router router = Router.router(vertx);
        router.post("/v1/payments")
                .handler(BodyHandler.create(false).setBodyLimit(BODY_LIMIT))
                .handler(payments);
        return vertx.createHttpServer(
                        new HttpServerOptions()
                                .setHost("127.0.0.1")
                                .setPort(settings.port())
                                .setAcceptBacklog(BACKLOG)
                                .setHttp2ClearTextEnabled(false)
                                .setStrictThreadMode(true))
                .requestHandler(router)
                .listen();
    }
}
