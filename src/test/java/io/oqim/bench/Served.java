package io.oqim.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server process under measurement, as /proc shows it. */
record Served(String name, Process process, int port) implements AutoCloseable {
    /** Of every Linux that one meets: {@code getconf CLK_TCK}. */
    private static final double TICKS_A_SECOND = 100;

    /** Resident memory. */
    long rssKib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException(name + " has ended");
    }

    /** CPU seconds so far, of all threads, in user and kernel mode. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        // The name in brackets may hold blanks.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
    }

    /** Runs {@code jcmd} of this JVM on the process. */
    void jcmd(ProcessBuilder.Redirect output, String... command)
            throws IOException, InterruptedException {
        Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        List<String> line = new ArrayList<>();
        line.add(tool.toString());
        line.add(Long.toString(process.pid()));
        line.addAll(List.of(command));
        int ended = new ProcessBuilder(line).redirectOutput(output).start().waitFor();
        if (ended != 0) {
            throw new IOException(line + " failed");
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(Duration.ofSeconds(30))) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
