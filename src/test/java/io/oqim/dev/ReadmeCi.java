package io.oqim.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the README, in its order, in one shell, as a reader sends them; run by .ci/run,
 * which has bash and curl.
 */
class ReadmeCi {
    /** Before it, the text asks for {@code order-1} once more; before the next, for another one. */
    private static final String REPEATED = "curl -sS \"$OQIM_SANDBOX_URL/journal\"";

    private static final String CAPTURED_IN_PARTS = "/captures\"";

    private static final Pattern PAYMENT = Pattern.compile("pay_[0-9a-z]+");

    @TempDir Path folder;

    @Test
    void eachCommandOfTheReadmeDoesWhatItSays() throws Exception {
        try (DevProcess dev = DevProcess.start(folder)) {
            assertThat(dev.ready("")).containsKey("OQIM_URL");
            String said = run(script());
            assertThat(said)
                    .contains("\"status\":\"captured\"")
                    .contains("\"operation\":\"sale\"")
                    .contains("\"amount_refunded\":25000")
                    .contains("\"status\":\"authorized\"")
                    .contains("\"status\":\"partially_captured\"")
                    .contains("\"kind\":\"void\",\"status\":\"succeeded\"")
                    .contains("\"object\":\"balance\"")
                    .contains("id,kind,debit,credit")
                    .contains("\"type\":\"payment.refunded\"");
            assertThat(said.lines().filter(line -> line.startsWith("order-1 was paid with pay_")))
                    .as("sent twice more, it is the same payment")
                    .hasSize(2)
                    .containsOnly(
                            "order-1 was paid with "
                                    + PAYMENT.matcher(said)
                                            .results()
                                            .findFirst()
                                            .orElseThrow()
                                            .group());
            assertThat(Files.readString(folder.resolve("endless-1")))
                    .as("what the WebSocket client wrote")
                    .contains("\"type\":\"hello\"", "payment.captured", "caught_up");
            assertThat(Files.readString(folder.resolve("endless-2")))
                    .as("what the events' stream wrote")
                    .contains("event: hello", "payment.captured", "event: caught_up");
        }
    }

    private String script() throws IOException {
        List<String> script = new ArrayList<>();
        script.add("set -euo pipefail");
        script.add("trap 'kill $(jobs -p) 2> /dev/null || true' EXIT");
        script.add("curl() { command curl --fail-with-body --max-time 60 \"$@\"; }");
        List<String> blocks = blocks();
        String pay = blocks.getFirst();
        String again =
                "printf '\\norder-1 was paid with %s\\n' \"$(" + payOnly(pay) + " | pay_id)\"";
        script.add("pay_id() { grep -o 'pay_[0-9a-z]*' | head -1; }");
        int endless = 0;
        for (String block : blocks) {
            if (block.startsWith(REPEATED)) {
                script.add(again);
                script.add(again);
            }
            if (block.contains(CAPTURED_IN_PARTS)) {
                script.add(
                        payOnly(pay)
                                .replace("order-1", "order-2")
                                .replace("\"UZS\",", "\"UZS\",\"capture_method\":\"manual\","));
            }
            for (String line : block.split("(?<!\\\\)\n(?! )", -1)) {
                boolean ends =
                        !line.startsWith("$(./mvnw --java)") && !line.contains("curl -sS -N");
                script.add(
                        ends ? line : line + " > " + folder.resolve("endless-" + ++endless) + " &");
            }
        }
        for (int i = 1; i <= endless; i++) {
            script.add(
                    "until grep -q caught_up %s; do sleep 0.1; done"
                            .formatted(folder.resolve("endless-" + i)));
        }
        return String.join("\n", script)
                .replace(". target/dev/dev.env", ". " + folder.resolve("target/dev/dev.env"));
    }

    private static String payOnly(String block) {
        return block.substring(block.indexOf("curl -sS"));
    }

    /** What the README shows as commands, after those that build and run. */
    private static List<String> blocks() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        List<String> blocks = new ArrayList<>();
        String[] parts = readme.substring(readme.indexOf("## First payment")).split("```", -1);
        for (int i = 1; i < parts.length; i += 2) {
            assertThat(parts[i]).startsWith("sh\n");
            blocks.add(parts[i].substring(3).strip());
        }
        return blocks;
    }

    private String run(String script) throws Exception {
        File said = folder.resolve("said").toFile();
        Process bash =
                new ProcessBuilder("bash", "-c", script)
                        .redirectErrorStream(true)
                        .redirectOutput(said)
                        .start();
        boolean ended = bash.waitFor(120, TimeUnit.SECONDS);
        if (!ended) {
            bash.destroy();
        }
        String text = Files.readString(said.toPath());
        assertThat(ended).as("it ends: %s", text).isTrue();
        assertThat(bash.exitValue()).as(text).isZero();
        return text;
    }
}
