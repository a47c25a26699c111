package io.oqim.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.concurrent.Leg;
import io.oqim.http.Json;
import io.oqim.observe.Traces;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceTest {
    private final Instant before = Instant.now();
    private final Trace trace = new Trace(new Traces((tenant, json) -> {}), 1);

    @Test
    void legsOfAFanOutAreMovedToWhereItStarted() {
        trace.add(
                100,
                List.of(
                        new Leg.Timing("commit_1", 5, 2000, "done", ""),
                        new Leg.Timing("velocity", 7, 900, "late", "not counted in time")));

        assertThat(json().getJsonArray("legs"))
                .hasToString(
                        "[{\"name\":\"commit_1\",\"start_micros\":105,\"end_micros\":2100,\"outcome\":\"done\","
                                + "\"note\":\"\"},{\"name\":\"velocity\",\"start_micros\":107,\"end_micros\":1000,"
                                + "\"outcome\":\"late\",\"note\":\"not counted in time\"}]");
    }

    @Test
    void aStepEndsNow() {
        long start = trace.micros();

        trace.step("bank_sale", start, "approved");

        JsonObject leg = json().getJsonArray("legs").getJsonObject(0);
        assertThat(leg.getString("name")).isEqualTo("bank_sale");
        assertThat(leg.getString("outcome")).isEqualTo("done");
        assertThat(leg.getString("note")).isEqualTo("approved");
        assertThat(leg.getJsonNumber("start_micros").longValueExact()).isEqualTo(start);
        assertThat(leg.getJsonNumber("end_micros").longValueExact())
                .isBetween(start, trace.micros());
    }

    @Test
    void aTraceTellsWhoseItIsAndHowLongItTookUntilNow() {
        JsonObject json = json();

        assertThat(json.getString("operation")).isEqualTo("op_01h455vb4qe008000000000000");
        assertThat(json.getJsonNumber("total_micros").longValueExact())
                .isBetween(0L, trace.micros());
        assertThat(Instant.parse(json.getString("began")))
                .isBetween(before.minusMillis(1), Instant.now());
        assertThat(json.getJsonArray("legs")).isEmpty();
    }

    private JsonObject json() {
        return Json.trusted(new String(trace.json(Samples.OPERATION), StandardCharsets.UTF_8));
    }
}
