package io.oqim.bench.vertx;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.atomic.AtomicInteger;

/** Starts a verticle for each event loop. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Settings settings = Settings.of(System.getenv());
        Vertx vertx =
                Vertx.vertx(
                        new VertxOptions()
                                .setPreferNativeTransport(true)
                                .setEventLoopPoolSize(settings.eventLoops()));
        Tenants.read(vertx, settings.postgres())
                .compose(tenants -> deploy(vertx, settings, tenants))
                .onFailure(
                        failure -> {
                            failure.printStackTrace();
                            System.exit(1);
                        });
    }

    private static Future<String> deploy(Vertx vertx, Settings settings, Tenants tenants) {
        AtomicInteger index = new AtomicInteger();
        return vertx.deployVerticle(
                () ->
                        new PaymentVerticle(
                                settings, tenants, poolSize(settings, index.getAndIncrement())),
                new DeploymentOptions().setInstances(settings.eventLoops()));
    }

    /** The share of all connections that one of the verticles has. */
    private static int poolSize(Settings settings, int index) {
        int rest = settings.pool() % settings.eventLoops();
        return settings.pool() / settings.eventLoops() + (index < rest ? 1 : 0);
    }
}
