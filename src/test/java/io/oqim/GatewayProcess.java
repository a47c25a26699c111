package io.oqim;

import io.oqim.dev.OqimProcess;
import io.oqim.testing.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Oqim as a process of its own, on the database, Redis and banks of a rig. */
record GatewayProcess(Process process, int port, Api api, Api management) implements AutoCloseable {

    /** Returns when it answers. */
    static GatewayProcess start(Rig rig, int port, String log) throws IOException {
        return start(rig, port, log, List.of("-Xmx384m"));
    }

    static GatewayProcess start(Rig rig, int port, String log, List<String> jvm)
            throws IOException {
        Map<String, String> environment = rig.environment();
        environment.put("OQIM_PORT", Integer.toString(port));
        int managementPort = Rig.freePort();
        environment.put("OQIM_MANAGEMENT_PORT", Integer.toString(managementPort));
        Process process = OqimProcess.start("all", environment, jvm, Path.of("target", "it", log));
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
        process.destroyForcibly();
    }
}
