package io.oqim.sandbox;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A dispute as callers see it, and its changes as lines of the books. */
final class DisputeJson {
    private DisputeJson() {}

    /** A dispute as the feed and the answers show it. */
    static JsonObject of(DisputeFeed.Item item) {
        Dispute dispute = item.dispute();
        Chargeback chargeback = dispute.chargeback();
        return JsonText.object()
                .add("seq", item.seq())
                .add("dispute", chargeback.dispute())
                .add("reference", chargeback.reference())
                .add("status", dispute.status().wire())
                .add("amount", chargeback.amount().minorUnits())
                .add("currency", chargeback.amount().currency())
                .add("reason", chargeback.reason())
                .add("respond_by", chargeback.respondBy().toString())
                .build();
    }

    /** Whether a line of the books is about a dispute. */
    static boolean isLine(JsonObject line) {
        String operation = line.getString("operation");
        return operation.equals(DisputeChange.CHARGEBACK)
                || operation.equals(DisputeChange.REVERSAL);
    }

    /** Adds a change to the line of its row. */
    static void write(JsonObjectBuilder line, DisputeChange change) {
        Chargeback chargeback = change.dispute().chargeback();
        line.add("reference", chargeback.dispute())
                .add("operation", change.operation())
                .add("amount", chargeback.amount().minorUnits())
                .add("currency", chargeback.amount().currency())
                .add("effect", change.effect().wire());
        JsonText.addOrNull(line, "fault", change.fault());
        line.add("payment", chargeback.payment()).add("state", state(change.dispute()));
    }

    static DisputeChange read(JsonObject line) {
        JsonObject state = line.getJsonObject("state");
        Amount amount =
                new Amount(
                        line.getJsonNumber("amount").longValueExact(), line.getString("currency"));
        Chargeback chargeback =
                new Chargeback(
                        line.getString("reference"),
                        line.getString("payment"),
                        state.getString("about"),
                        amount,
                        state.getString("reason"),
                        Instant.parse(state.getString("respond_by")));
        DisputeStatus status = DisputeStatus.of(state.getString("status"));
        Dispute dispute = new Dispute(chargeback, status, response(state));
        DisputeChange change = new DisputeChange(dispute, JsonText.textOrNull(line, "fault"));
        if (Effect.of(line.getString("effect")) != change.effect()) {
            throw new IllegalArgumentException("another effect than the status has");
        }
        return change;
    }

    private static JsonObject state(Dispute dispute) {
        JsonObjectBuilder state =
                JsonText.object()
                        .add("status", dispute.status().wire())
                        .add("about", dispute.chargeback().reference())
                        .add("reason", dispute.chargeback().reason())
                        .add("respond_by", dispute.chargeback().respondBy().toString());
        DisputeResponse response = dispute.response();
        if (response != null) {
            state.add("response", response.reference());
            DisputeStatus verdict = response.verdict();
            JsonText.addIfPresent(state, "verdict", verdict == null ? null : verdict.wire());
        }
        return state.build();
    }

    private static @Nullable DisputeResponse response(JsonObject state) {
        String reference = JsonText.textOrNull(state, "response");
        String verdict = JsonText.textOrNull(state, "verdict");
        return reference == null
                ? null
                : new DisputeResponse(
                        reference, verdict == null ? null : DisputeStatus.of(verdict));
    }
}
