package io.oqim.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A server process under measurement, as /proc shows it. */
record Served(String name, Process process, int port) implements AutoCloseable {
    /** Of every Linux that one meets: {@code getconf CLK_TCK}. */
    private static final double TICKS_A_SECOND = 100;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    /**
     * Waits until a server that was started accepts connections.
     *
     * @param log where its output went, for the message when it ends instead
     */
    static Served answering(String name, Process process, int port, Path log)
            throws IOException, InterruptedException {
        while (!answers(port)) {
            if (process.waitFor(LOOK_AGAIN)) {
                throw new IOException(name + " has ended; see " + log);
            }
        }
        return new Served(name, process, port);
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Resident memory. */
    long rssKib() throws IOException {
        return status("VmRSS:");
    }

    /** Threads of the operating system. */
    long threads() throws IOException {
        return status("Threads:");
    }

    private long status(String field) throws IOException {
        long sum = 0;
        for (long pid : pids()) {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith(field)) {
                    sum += Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        }
        return sum;
    }

    /** CPU seconds so far, of all threads, in user and kernel mode. */
    double cpuSeconds() throws IOException {
        if (!process.isAlive()) {
            throw new IOException(name + " has ended");
        }
        return cpuSeconds(process.toHandle());
    }

    /** The same of a process, of what it has started, and of what of that has ended. */
    static double cpuSeconds(ProcessHandle process) throws IOException {
        long sum = 0;
        for (long pid : pids(process)) {
            sum += ticks(pid);
        }
        return sum / TICKS_A_SECOND;
    }

    private static long ticks(long pid) throws IOException {
        String stat;
        try {
            stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        } catch (NoSuchFileException e) {
            // It has ended meanwhile, and counts with those that have.
            return 0;
        }
        // The name in brackets may hold blanks.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long sum = 0;
        for (int i = 11; i <= 14; i++) {
            sum += Long.parseLong(fields[i]);
        }
        return sum;
    }

    /** It, and what it has started. */
    private List<Long> pids() throws IOException {
        if (!process.isAlive()) {
            throw new IOException(name + " has ended");
        }
        return pids(process.toHandle());
    }

    private static List<Long> pids(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants())
                .map(ProcessHandle::pid)
                .toList();
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
