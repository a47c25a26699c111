package io.oqim.sandbox;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control API: every call answers with the settings as they now are. */
final class ControlRoutes implements HttpService {
    private static final Logger LOG = LoggerFactory.getLogger(ControlRoutes.class);
    private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.UTF_8);

    private final Controls controls;
    private final ControlReader reader;

    ControlRoutes(Controls controls) {
        this.controls = controls;
        this.reader = new ControlReader(controls);
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::show)
                .put("/latency", applying(body -> reader.latency(Fields.of(body))))
                .put("/faults", applying(body -> reader.faults(Fields.read(body))))
                .put("/suffixes", applying(body -> reader.suffixes(Fields.of(body))))
                .put("/suffix-times", applying(body -> reader.suffixTimes(Fields.of(body))))
                .put("/risk", applying(body -> reader.risk(Fields.of(body))))
                .post("/freeze", applying(body -> reader.freeze(Fields.of(body))))
                .post("/thaw", applying(body -> reader.thaw(Fields.of(body))))
                .post("/reset", applying(body -> controls.reset()));
    }

    private Handler applying(Consumer<byte[]> change) {
        return (request, response) -> {
            byte[] body = Visit.body(request);
            try {
                change.accept(body.length == 0 ? EMPTY : body);
            } catch (Refusal e) {
                new Reply(400, e.body(), false).send(response);
                return;
            }
            LOG.info("changed by {}", request.path().path());
            show(request, response);
        };
    }

    private void show(ServerRequest request, ServerResponse response) {
        Reply.of(settings()).send(response);
    }

    private JsonObject settings() {
        JsonArrayBuilder latencies = JsonText.array();
        for (Latencies.Line line : controls.latencies().lines()) {
            latencies.add(latency(line, controls.latencies().of(line)));
        }
        JsonArrayBuilder faults = JsonText.array();
        controls.faults().rules().forEach(rule -> faults.add(fault(rule)));
        JsonArrayBuilder frozen = JsonText.array();
        controls.freezes().banks().stream().sorted().forEach(frozen::add);
        JsonArrayBuilder risks = JsonText.array();
        controls.banks().forEach(bank -> risks.add(risk(bank, controls.risk(bank))));
        return JsonText.object()
                .add("latency", latencies)
                .add("faults", faults)
                .add("suffixes", JsonText.object().add("enabled", controls.suffixesEnabled()))
                .add("suffix_times", times(controls.times()))
                .add("frozen", frozen)
                .add("risk", risks)
                .build();
    }

    private static JsonObjectBuilder latency(Latencies.Line line, Latency latency) {
        return JsonText.object()
                .add("bank", line.bank())
                .add("operation", line.traffic().wire())
                .add("distribution", latency.distribution().wire())
                .add("median_ms", latency.medianMillis())
                .add("sigma", latency.sigma())
                .add("tail_probability", latency.tail().probability())
                .add("tail_ms", latency.tail().millis());
    }

    private static JsonObjectBuilder fault(FaultRule rule) {
        JsonObjectBuilder shown = JsonText.object();
        JsonText.addIfPresent(shown, "bank", rule.bank());
        shown.add("operation", rule.operation()).add("probability", rule.probability());
        Integer timesLeft = rule.timesLeft();
        if (timesLeft != null) {
            shown.add("times_left", timesLeft);
        }
        return shown.add("action", rule.action());
    }

    private static JsonObjectBuilder risk(String bank, RiskRule rule) {
        JsonObjectBuilder shown =
                JsonText.object()
                        .add("bank", bank)
                        .add("decision", rule.code() == null ? "allow" : "refuse");
        JsonText.addIfPresent(shown, "code", rule.code());
        JsonText.addIfPresent(shown, "card_first6", rule.cardFirst6());
        return shown;
    }

    private static JsonObjectBuilder times(SuffixTimes times) {
        return JsonText.object()
                .add("pending_ms", times.pending().toMillis())
                .add("late_reply_ms", times.lateReply().toMillis())
                .add("enquiry_lag_ms", times.enquiryLag().toMillis())
                .add("challenge_ms", times.challenge().toMillis())
                .add("longest_delay_ms", times.longestDelay().toMillis())
                .add("dispute_ms", times.dispute().toMillis());
    }
}
