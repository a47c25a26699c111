import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Appends every event to a file, exactly once: java examples/Consumer.java FILE */
public final class Consumer implements WebSocket.Listener {
    private static final Pattern EVENT =
            Pattern.compile("\\{\"type\":\"event\",\"prev\":\\d+,\"event\":(\\{\"seq\":(\\d+),.*})}", Pattern.DOTALL);

    private static final Pattern PLACE = Pattern.compile("\\{\"seq\":(\\d+),.*?\"hash\":\"([0-9a-f]{64})\"");

    private final Path file;
    private final StringBuilder frame = new StringBuilder();
    private volatile CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean over;
    private volatile int failures;
    private volatile long heard;
    private long last;
    private String hash = "";

    private Consumer(Path file) {
        this.file = file;
    }

    public static void main(String[] arguments) throws Exception {
        new Consumer(Path.of(arguments[0])).run();
    }

    private void run() throws Exception {
        lastKept();
        HttpClient http = HttpClient.newHttpClient();
        String url = System.getenv("OQIM_URL").replaceFirst("^http", "ws");
        while (!over) {
            closed = new CountDownLatch(1);
            frame.setLength(0);
            try {
                WebSocket socket =
                        http.newWebSocketBuilder()
                                .header("Authorization", "Bearer " + System.getenv("OQIM_API_KEY"))
                                .subprotocols("oqim.v1")
                                .buildAsync(URI.create(url + "/v1/stream?after=" + last + hash), this)
                                .join();
                heard = System.nanoTime();
                // A position comes every 25 s at least: what is silent for longer is dead.
                while (!closed.await(5, TimeUnit.SECONDS)) {
                    if (System.nanoTime() - heard > TimeUnit.SECONDS.toNanos(60)) {
                        socket.abort();
                        closed.countDown();
                    }
                }
            } catch (CompletionException e) {
                over =
                        e.getCause() instanceof WebSocketHandshakeException refused
                                && refused.getResponse().statusCode() == 401;
            }
            if (!over) {
                long longest = Math.min(30_000, 250L << Math.min(failures++, 7));
                Thread.sleep(ThreadLocalRandom.current().nextLong(longest));
            }
        }
        System.exit(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean whole) {
        heard = System.nanoTime();
        frame.append(part);
        if (whole) {
            Matcher event = EVENT.matcher(frame);
            if (event.matches() && Long.parseLong(event.group(2)) > last) {
                keep(event.group(1));
                had(event.group(1));
                failures = 0;
            }
            frame.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        System.err.println("closed with " + code + " " + reason);
        over = code >= 4500;
        closed.countDown();
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        closed.countDown();
    }

    /** The effect, and with it the place in the log, in one write that is on disk when it returns. */
    private void keep(String event) {
        try {
            Files.writeString(
                    file, event + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.DSYNC);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The last event that is whole; what a crash has left behind it is cut off. */
    private void lastKept() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        String all = Files.readString(file);
        String whole = all.substring(0, all.lastIndexOf('\n') + 1);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(whole.getBytes(StandardCharsets.UTF_8).length);
        }
        whole.lines().reduce((a, b) -> b).ifPresent(this::had);
    }

    /** From where to go on, and by what to notice that the log is not the one that was read. */
    private void had(String event) {
        Matcher place = PLACE.matcher(event);
        if (place.lookingAt()) {
            last = Long.parseLong(place.group(1));
            hash = "&after_hash=" + place.group(2);
        }
    }
}
