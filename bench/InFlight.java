import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Starts many payments at once against a bank that takes 2 s, and says how long all of them took and how many
 * platform threads the gateway needed. For a running {@code ./mvnw -Pdev}; called by bench/in-flight.
 */
public final class InFlight {
    private static final int BANK_MS = 2000;

    private InFlight() {}

    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[0]);
        Map<String, String> env = env(Path.of("target/dev/dev.env"));
        long pid = Long.parseLong(env.get("OQIM_PID"));
        control(env, BANK_MS);
        boolean all = true;
        try {
            for (int round = 1; round <= 3; round++) {
                all &= round(round, count, env, pid);
            }
        } finally {
            control(env, 40);
        }
        if (!all) {
            System.err.println("not every payment was answered with 201");
            System.exit(1);
        }
    }

    /** True when each payment was answered with 201. */
    private static boolean round(int number, int count, Map<String, String> env, long pid) throws Exception {
        URI url = URI.create(env.get("OQIM_URL"));
        CountDownLatch connected = new CountDownLatch(count);
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Integer>> answers = new ArrayList<>();
        Watch watch = new Watch(pid);
        long started;
        try (ExecutorService payers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                answers.add(payers.submit(() -> pay(url, env.get("OQIM_API_KEY"), connected, go)));
            }
            connected.await();
            started = System.nanoTime();
            watch.start();
            go.countDown();
        }
        long millis = (System.nanoTime() - started) / 1_000_000;
        watch.stop();
        Map<Integer, Integer> statuses = new TreeMap<>();
        for (Future<Integer> answer : answers) {
            statuses.merge(answer.get(), 1, Integer::sum);
        }
        System.out.printf(
                "round %d: %d payments, bank %d ms: %d ms wall, %d platform threads at most, %d MiB resident, answers %s%n",
                number, count, BANK_MS, millis, watch.threads, watch.residentKib / 1024, statuses);
        return statuses.keySet().equals(java.util.Set.of(201));
    }

    private static int pay(URI url, String key, CountDownLatch connected, CountDownLatch go) throws Exception {
        String body =
                "{\"amount\":1000,\"currency\":\"UZS\",\"payment_method\":{\"type\":\"card\",\"card\":{\"number\":\"4242424242424242\",\"exp_month\":12,\"exp_year\":2030}}}";
        String request =
                "POST /v1/payments HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + key
                        + "\r\nIdempotency-Key: " + UUID.randomUUID() + "\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body;
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            connected.countDown();
            go.await();
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Integer.parseInt(answer.split(" ")[1]);
        }
    }

    /** Looks at the gateway's process ten times a second. */
    private static final class Watch {
        private final Path status;
        private volatile boolean running = true;
        private volatile int threads;
        private volatile long residentKib;
        private Thread thread;

        Watch(long pid) {
            status = Path.of("/proc/" + pid + "/status");
        }

        void start() {
            thread = Thread.ofPlatform().start(this::look);
        }

        private void look() {
            try {
                while (running) {
                    for (String line : Files.readAllLines(status)) {
                        if (line.startsWith("Threads:")) {
                            threads = Math.max(threads, Integer.parseInt(line.substring(8).strip()));
                        } else if (line.startsWith("VmRSS:")) {
                            residentKib = Math.max(residentKib, Long.parseLong(line.replaceAll("\\D", "")));
                        }
                    }
                    Thread.sleep(100);
                }
            } catch (Exception e) {
                System.err.println("cannot look at the process: " + e);
            }
        }

        void stop() throws InterruptedException {
            running = false;
            thread.join();
        }
    }

    private static void control(Map<String, String> env, int millis) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(env.get("OQIM_SANDBOX_URL") + "/control/latency"))
                        .header("Content-Type", "application/json")
                        .PUT(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"operation\":\"money\",\"distribution\":\"constant\",\"median_ms\":" + millis + "}"))
                        .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException("the sandbox refused: " + response.body());
        }
    }

    private static Map<String, String> env(Path file) throws Exception {
        Map<String, String> env = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            int cut = line.indexOf('=');
            env.put(line.substring(0, cut), line.substring(cut + 1));
        }
        return env;
    }
}
