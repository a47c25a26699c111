package io.oqim.config;

import java.nio.file.Path;

/** The simulated banks, a role of their own. */
public record SandboxConfig(String host, int port, Path books, Secret key) {
    static SandboxConfig read(Settings s) {
        return new SandboxConfig(
                s.text("sandbox.host", "127.0.0.1", "address that the simulated banks listen on"),
                s.integer(
                        "sandbox.port",
                        8090,
                        Bounds.of(0, 65_535),
                        "their port; 0 takes any free one"),
                Path.of(s.text("sandbox.books", "sandbox-books", "folder of the banks' own books")),
                s.secret("sandbox.key", "bearer token that the simulated banks expect"));
    }
}
