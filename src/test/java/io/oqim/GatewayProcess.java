package io.oqim;

import io.oqim.dev.OqimProcess;
import io.oqim.testing.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Oqim as a process of its own, on the database, Redis and banks of a rig. */
record GatewayProcess(Process process, int port, Api api, Api management) implements AutoCloseable {

    /** Returns when it answers. */
    static GatewayProcess start(Rig rig, int port, String log) throws IOException {
        return start(rig, port, log, List.of("-Xmx384m"));
    }

    static GatewayProcess start(Rig rig, int port, String log, List<String> jvm)
            throws IOException {
        Path file = Path.of("target", "it", log);
        return start(
                rig,
                port,
                environment -> OqimProcess.start("all", environment, jvm, file),
                Set.copyOf(rig.environment().keySet()));
    }

    /**
     * Starts the jar of another version.
     *
     * @param checkout of that version, built
     */
    static GatewayProcess ofCheckout(Path checkout, Rig rig, String log) throws IOException {
        // It takes no setting that it does not know.
        String settings = Files.readString(checkout.resolve("docs/configuration.md"));
        Set<String> known =
                rig.environment().keySet().stream()
                        .filter(
                                name ->
                                        settings.contains(
                                                "`"
                                                        + name.replace(
                                                                "OQIM_BANKS_ALPHA_",
                                                                "OQIM_BANKS_<NAME>_")
                                                        + "`"))
                        .collect(Collectors.toSet());
        Path jar = checkout.resolve("target/oqim.jar").toAbsolutePath();
        Path file = Path.of("target", "it", log);
        return start(
                rig,
                Rig.freePort(),
                environment ->
                        OqimProcess.startJar(jar, "all", environment, List.of("-Xmx384m"), file),
                known);
    }

    private interface Launch {
        Process with(Map<String, String> environment) throws IOException;
    }

    private static GatewayProcess start(Rig rig, int port, Launch launch, Set<String> known)
            throws IOException {
        Map<String, String> environment = rig.environment();
        environment.keySet().retainAll(known);
        environment.put("OQIM_PORT", Integer.toString(port));
        int managementPort = Rig.freePort();
        environment.put("OQIM_MANAGEMENT_PORT", Integer.toString(managementPort));
        Process process = launch.with(environment);
        Api api = new Api("http://127.0.0.1:" + port, rig.key());
        Until.is(
                () -> {
                    try {
                        return api.get("/v1/events?limit=1").status();
                    } catch (RuntimeException e) {
                        return 0;
                    }
                },
                status -> status == 200);
        return new GatewayProcess(
                process, port, api, new Api("http://127.0.0.1:" + managementPort, Rig.ADMIN_KEY));
    }

    Api api(String otherKey) {
        return new Api(api.url(), otherKey);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        int ignored = process.destroyForcibly().waitFor();
    }

    /** SIGSTOP: it stands still with all that it has in hand. */
    void pause() throws IOException {
        Signal.STOP.to(process.toHandle());
    }

    /** SIGCONT: it goes on as if no time had passed. */
    void resume() throws IOException {
        Signal.CONT.to(process.toHandle());
    }

    @Override
    public void close() {
        // Somebody else may begin on its port next.
        var ignored = process.destroyForcibly().onExit().join();
    }
}
