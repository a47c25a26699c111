package io.oqim.websocket;

import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.net.InetAddress;
import java.time.Duration;

/** The server that Autobahn's fuzzing client talks to: {@code /echo} on the port given. */
final class EchoServer {
    private static final int MAX_BYTES = 16 * 1024 * 1024;

    private EchoServer() {}

    public static void main(String[] arguments) {
        int port = arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]);
        WebSocketUpgrade upgrade = new WebSocketUpgrade(new WebSockets(settings()));
        WebServer server =
                WebServer.builder()
                        .port(port)
                        .address(InetAddress.getLoopbackAddress())
                        .protocolsDiscoverServices(false)
                        .addConnectionSelector(
                                new UpgradeSelector(Http1Config.builder(), Duration.ofSeconds(30)))
                        .routing(
                                routing ->
                                        routing.get(
                                                "/echo",
                                                (request, response) ->
                                                        echo(upgrade, request, response)))
                        .build()
                        .start();
        System.out.println("ws://127.0.0.1:" + server.port() + "/echo");
    }

    private static void echo(
            WebSocketUpgrade upgrade, ServerRequest request, ServerResponse response) {
        Refusal refusal = upgrade.accept(request, response, new EchoListener());
        response.status(Status.create(refusal.status())).send(refusal.detail());
    }

    private static Settings settings() {
        return new Settings(
                100,
                MAX_BYTES,
                10_000,
                2 * MAX_BYTES,
                Duration.ofSeconds(10),
                Duration.ofSeconds(25),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofMillis(250));
    }
}
