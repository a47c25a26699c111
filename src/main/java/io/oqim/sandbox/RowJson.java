package io.oqim.sandbox;

import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row as a line of the books: what the journal shows, and under {@code state} what else the bank
 * needs to know after a restart.
 */
final class RowJson {
    private static final String[] PUBLIC = {
        "seq",
        "at",
        "bank",
        "reference",
        "operation",
        "amount",
        "currency",
        "effect",
        "fault",
        "payment"
    };

    private RowJson() {}

    static JsonObject write(Row row) {
        JsonObjectBuilder line =
                JsonText.object()
                        .add("seq", row.seq())
                        .add("at", row.at().toString())
                        .add("bank", row.bank());
        switch (row.entry()) {
            case Movement movement -> write(line, movement);
            case DisputeChange change -> DisputeJson.write(line, change);
        }
        return line.build();
    }

    static Row read(JsonObject line) {
        Entry entry = DisputeJson.isLine(line) ? DisputeJson.read(line) : movement(line);
        return new Row(
                line.getJsonNumber("seq").longValueExact(),
                Instant.parse(line.getString("at")),
                line.getString("bank"),
                entry);
    }

    private static void write(JsonObjectBuilder line, Movement movement) {
        Operation operation = movement.operation();
        line.add("reference", operation.reference())
                .add("operation", operation.kind().wire())
                .add("amount", movement.amount())
                .add("currency", operation.amount().currency())
                .add("effect", movement.effect().wire());
        JsonText.addOrNull(line, "fault", movement.fault());
        line.add("payment", operation.payment()).add("state", state(operation));
    }

    private static Movement movement(JsonObject line) {
        JsonObject state = line.getJsonObject("state");
        JsonNumber asked = state.getJsonNumber("amount");
        Operation operation =
                new Operation(
                        line.getString("reference"),
                        OperationKind.of(line.getString("operation")),
                        line.getString("payment"),
                        new Amount(asked.longValueExact(), line.getString("currency")),
                        outcome(state),
                        origin(state),
                        undoing(state));
        return new Movement(
                operation,
                Effect.of(line.getString("effect")),
                line.getJsonNumber("amount").longValueExact(),
                JsonText.textOrNull(line, "fault"));
    }

    /** What the journal shows of a line. */
    static JsonObject shown(JsonObject line) {
        JsonObjectBuilder shown = JsonText.object();
        for (String name : PUBLIC) {
            shown.add(name, line.get(name));
        }
        return shown.build();
    }

    private static JsonObject state(Operation operation) {
        Outcome outcome = operation.outcome();
        JsonObjectBuilder state =
                JsonText.object()
                        .add("status", outcome.status().wire())
                        .add("amount", operation.amount().minorUnits());
        Approval approval = outcome.approval();
        if (approval != null) {
            state.add("auth_code", approval.authCode()).add("rrn", approval.rrn());
        }
        addDecline(state, outcome.decline());
        Plan plan = outcome.plan();
        if (plan != null) {
            JsonObjectBuilder planned =
                    JsonText.object()
                            .add("due", plan.due().toString())
                            .add("callback", plan.callback());
            addDecline(planned, plan.verdict());
            state.add("plan", planned);
        }
        Instant hiddenUntil = outcome.hiddenUntil();
        if (hiddenUntil != null) {
            state.add("hidden_until", hiddenUntil.toString());
        }
        addParties(state, operation);
        return state.build();
    }

    private static void addParties(JsonObjectBuilder state, Operation operation) {
        Origin origin = operation.origin();
        if (origin != null) {
            state.add("first6", origin.first6()).add("last4", origin.last4());
            JsonText.addIfPresent(state, "callback_url", origin.callbackUrl());
            JsonText.addIfPresent(state, "return_url", origin.returnUrl());
            if (origin.disputed()) {
                state.add("disputed", true);
            }
        }
        Undoing undoing = operation.undoing();
        if (undoing != null) {
            state.add("undoes", undoing.reference()).add("had_effect", undoing.hadEffect());
        }
    }

    private static void addDecline(JsonObjectBuilder builder, @Nullable Decline decline) {
        if (decline != null) {
            builder.add("decline", ResultJson.decline(decline));
        }
    }

    private static Outcome outcome(JsonObject state) {
        String authCode = JsonText.textOrNull(state, "auth_code");
        String hiddenUntil = JsonText.textOrNull(state, "hidden_until");
        return new Outcome(
                Status.of(state.getString("status")),
                authCode == null ? null : new Approval(authCode, state.getString("rrn")),
                decline(state),
                plan(state),
                hiddenUntil == null ? null : Instant.parse(hiddenUntil));
    }

    private static @Nullable Plan plan(JsonObject state) {
        if (!state.containsKey("plan")) {
            return null;
        }
        JsonObject plan = state.getJsonObject("plan");
        return new Plan(
                Instant.parse(plan.getString("due")), decline(plan), plan.getBoolean("callback"));
    }

    private static @Nullable Decline decline(JsonObject holder) {
        if (!holder.containsKey("decline")) {
            return null;
        }
        JsonObject decline = holder.getJsonObject("decline");
        return new Decline(
                decline.getString("kind").equals("hard"),
                decline.getString("code"),
                decline.getString("message"));
    }

    private static @Nullable Origin origin(JsonObject state) {
        if (!state.containsKey("first6")) {
            return null;
        }
        return new Origin(
                state.getString("first6"),
                state.getString("last4"),
                JsonText.textOrNull(state, "callback_url"),
                JsonText.textOrNull(state, "return_url"),
                state.getBoolean("disputed", false));
    }

    private static @Nullable Undoing undoing(JsonObject state) {
        if (!state.containsKey("undoes")) {
            return null;
        }
        return new Undoing(state.getString("undoes"), state.getBoolean("had_effect"));
    }
}
