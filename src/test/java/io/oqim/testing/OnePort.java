package io.oqim.testing;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import io.oqim.dev.LocalRedis;
import java.io.IOException;
import java.util.Objects;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** A container with one port, which is the same after it was killed and started again. */
final class OnePort extends GenericContainer<OnePort> {
    private final int port;

    OnePort(String image, int inside) throws IOException {
        super(DockerImageName.parse(image));
        this.port = LocalRedis.freePort();
        Ports.Binding here = Ports.Binding.bindIpAndPort("127.0.0.1", port);
        withExposedPorts(inside);
        withCreateContainerCmdModifier(
                command -> {
                    HostConfig host = Objects.requireNonNull(command.getHostConfig());
                    command.withHostConfig(
                            host.withPortBindings(new PortBinding(here, new ExposedPort(inside))));
                });
    }

    /** Whoever started it asks what is in it; what is at the port of this machine says little. */
    @Override
    protected void waitUntilContainerStarted() {}

    int port() {
        return port;
    }

    /** SIGKILL to all that is in it. */
    void kill() {
        dockerClient.killContainerCmd(getContainerId()).exec();
    }

    void startAgain() {
        dockerClient.startContainerCmd(getContainerId()).exec();
    }
}
