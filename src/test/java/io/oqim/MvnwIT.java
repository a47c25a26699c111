package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** mvnw on a machine without Maven: it fetches the pinned one, checks it, and uses it. */
class MvnwIT {
    private static final String VERSION = "3.9.11";

    @TempDir Path home;

    @Test
    void aMissingMavenIsFetchedCheckedAndUsed() throws Exception {
        byte[] archive = archive();
        try (Archive server = new Archive(archive)) {
            Map<String, String> environment =
                    Map.of("OQIM_MAVEN_BASE", server.url(), "OQIM_MAVEN_SHA512", sha512(archive));

            Result first = mvnw(environment);
            Result second = mvnw(Map.of("OQIM_MAVEN_BASE", "http://127.0.0.1:1"));

            assertThat(first.output()).contains("this is the fetched maven: verify -x");
            assertThat(first.code()).isZero();
            assertThat(second.output())
                    .as("kept for the next time")
                    .contains("this is the fetched maven");
        }
    }

    @Test
    void anArchiveWithAnotherChecksumIsNotUsed() throws Exception {
        try (Archive server = new Archive(archive())) {
            Result result = mvnw(Map.of("OQIM_MAVEN_BASE", server.url()));

            assertThat(result.code()).isEqualTo(1);
            assertThat(result.output())
                    .contains("nothing was installed")
                    .doesNotContain("this is the fetched maven");
        }
    }

    @Test
    void aJdkThatIsNewEnoughIsFoundBehindOneThatIsNot() throws Exception {
        Path old = jdk("old", "17.0.1");
        Path good = jdk("good/.sdkman/candidates/java/25", "25.0.1");

        Result found = print(old, home.resolve("good"));

        assertThat(found.code()).isZero();
        // One that is installed in a usual place may come first.
        assertThat(found.output().strip()).endsWith("/bin/java").isNotEqualTo(old + "/bin/java");
        assertThat(print(good, home).output().strip()).isEqualTo(good + "/bin/java");
    }

    private Path jdk(String name, String version) throws IOException {
        Path bin = Files.createDirectories(home.resolve(name).resolve("bin"));
        for (String tool : List.of("java", "javac")) {
            Path file = bin.resolve(tool);
            Files.writeString(file, "#!/bin/sh\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.writeString(bin.resolveSibling("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return bin.getParent();
    }

    /** The java that mvnw would use, with this one as JAVA_HOME and first on the PATH. */
    private static Result print(Path java, Path userHome) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder("sh", Path.of("mvnw").toAbsolutePath().toString(), "--java");
        builder.environment().put("JAVA_HOME", java.toString());
        builder.environment().put("PATH", java.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().put("HOME", userHome.toString());
        return result(builder);
    }

    private record Result(int code, String output) {}

    private Result mvnw(Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        "sh", Path.of("mvnw").toAbsolutePath().toString(), "verify", "-x");
        builder.environment().put("OQIM_IGNORE_INSTALLED_MAVEN", "1");
        builder.environment().put("MAVEN_USER_HOME", home.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return result(builder);
    }

    private static Result result(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectErrorStream(true).start();
        String output =
                new String(
                        process.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), output);
    }

    /** A Maven that only says its name, packed like the real one. */
    private byte[] archive() throws IOException, InterruptedException {
        Path bin = Files.createDirectories(home.resolve("pack/apache-maven-" + VERSION + "/bin"));
        Path mvn = bin.resolve("mvn");
        Files.writeString(mvn, "#!/bin/sh\necho \"this is the fetched maven: $*\"\n");
        Files.setPosixFilePermissions(mvn, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path archive = home.resolve("maven.tar.gz");
        int code =
                new ProcessBuilder(
                                "tar",
                                "-czf",
                                archive.toString(),
                                "-C",
                                home.resolve("pack").toString(),
                                "apache-maven-" + VERSION)
                        .start()
                        .waitFor();
        assertThat(code).isZero();
        return Files.readAllBytes(archive);
    }

    private static String sha512(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(bytes));
    }

    /** Apache's archive, on loopback. */
    private static final class Archive implements AutoCloseable {
        private final HttpServer server;

        Archive(byte[] archive) throws IOException {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext(
                    "/" + VERSION + "/binaries/apache-maven-" + VERSION + "-bin.tar.gz",
                    exchange -> {
                        exchange.sendResponseHeaders(200, archive.length);
                        exchange.getResponseBody().write(archive);
                        exchange.close();
                    });
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
