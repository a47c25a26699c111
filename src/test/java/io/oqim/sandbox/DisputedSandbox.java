package io.oqim.sandbox;

import io.oqim.sandbox.RunningSandbox.Reply;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** A sandbox as whoever has to do with its disputes sees it: cardholders, the bank and callers. */
final class DisputedSandbox {
    private final RunningSandbox sandbox;

    DisputedSandbox(RunningSandbox sandbox) {
        this.sandbox = sandbox;
    }

    static JsonObjectBuilder about(String reference) {
        return Json.createObjectBuilder().add("bank", "alpha").add("reference", reference);
    }

    Reply raise(JsonObjectBuilder order) throws Exception {
        return sandbox.control("POST", "/disputes", order.build());
    }

    /** Raises a dispute and returns its number. */
    String raised(JsonObjectBuilder order) throws Exception {
        return raise(order).text("dispute");
    }

    Reply decide(String dispute, String outcome) throws Exception {
        JsonObject body =
                Json.createObjectBuilder().add("dispute", dispute).add("outcome", outcome).build();
        return sandbox.control("POST", "/disputes/decide", body);
    }

    Reply sendPart(String dispute, String file, int part, JsonObjectBuilder body) throws Exception {
        return sandbox.post(path(dispute) + "/files/" + file + "/parts/" + part, body.build());
    }

    static JsonObjectBuilder part(int of, byte[] data) {
        return Json.createObjectBuilder()
                .add("of", of)
                .add("name", "receipt.pdf")
                .add("type", "application/pdf")
                .add("data", Base64.getEncoder().encodeToString(data));
    }

    static JsonObjectBuilder stated(String file, byte[] whole) {
        return Json.createObjectBuilder()
                .add("file", file)
                .add("name", "receipt.pdf")
                .add("type", "application/pdf")
                .add("size", whole.length)
                .add("sha256", sha256(whole));
    }

    static JsonObjectBuilder contest(String reference, String text, JsonObjectBuilder... files) {
        var list = Json.createArrayBuilder();
        List.of(files).forEach(list::add);
        return Json.createObjectBuilder()
                .add("reference", reference)
                .add("action", "contest")
                .add("text", text)
                .add("files", list);
    }

    static JsonObjectBuilder accept(String reference) {
        return Json.createObjectBuilder().add("reference", reference).add("action", "accept");
    }

    Reply respond(String dispute, JsonObjectBuilder body) throws Exception {
        return sandbox.post(path(dispute) + "/response", body.build());
    }

    Reply page(String query) throws Exception {
        return sandbox.get("/alpha/v1/disputes" + query);
    }

    List<JsonObject> feed() throws Exception {
        return page("").body().getJsonArray("data").getValuesAs(JsonObject.class);
    }

    /** What the feed tells, in order: "needs_response s1 1500" and so on. */
    List<String> changes() throws Exception {
        return feed().stream()
                .map(
                        row ->
                                row.getString("status")
                                        + " "
                                        + row.getString("reference")
                                        + " "
                                        + row.getInt("amount"))
                .toList();
    }

    /** Waits until the feed tells so much, and returns it. */
    List<String> untilChanges(int count) throws Exception {
        RunningSandbox.until(
                () -> {
                    try {
                        return changes().size() >= count;
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
        return changes();
    }

    private static String path(String dispute) {
        return "/alpha/v1/disputes/" + dispute;
    }

    private static String sha256(byte[] data) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
