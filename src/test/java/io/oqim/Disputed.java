package io.oqim;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;

/** A cardholder who disputes payments, and the merchant who hears of it. */
record Disputed(Rig rig) {
    /** Our reference of the sale that opened a payment. */
    String reference(String payment) {
        return rig.api()
                .operations(payment)
                .getFirst()
                .getJsonArray("attempts")
                .getJsonObject(0)
                .getString("reference");
    }

    /** Has the bank take it back. */
    JsonObject raise(String reference, String more) {
        Api.Answer answer =
                new Api(rig.bank().url(), "")
                        .post(
                                "/control/disputes",
                                "{\"bank\":\"alpha\",\"reference\":\"%s\"%s}"
                                        .formatted(reference, more),
                                Map.of());
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json();
    }

    void decide(JsonObject atTheBank, String outcome) {
        rig.bank()
                .post(
                        "/control/disputes/decide",
                        "{\"dispute\":\"%s\",\"outcome\":\"%s\"}"
                                .formatted(atTheBank.getString("dispute"), outcome));
    }

    /** The disputes of a payment, newest first. */
    List<JsonObject> of(String payment) {
        return rig.api().get("/v1/disputes?payment=" + payment).json().getJsonArray("data").stream()
                .map(value -> value.asJsonObject())
                .toList();
    }

    /** The only one of a payment, once it is known. */
    JsonObject one(String payment) {
        return Until.is(() -> of(payment), list -> list.size() == 1).getFirst();
    }

    /** Takes a payment, has it disputed, and waits until that is known. */
    JsonObject disputed(long amount, String more) {
        String payment = new Shop(rig).captured(amount);
        JsonObject ignored = raise(reference(payment), more);
        return one(payment);
    }

    JsonObject read(String dispute) {
        return rig.api().get("/v1/disputes/" + dispute).json();
    }

    JsonObject until(String dispute, String status) {
        return Until.is(() -> read(dispute), now -> now.getString("status").equals(status));
    }

    Api.Answer contest(String dispute, String body) {
        return rig.api().post("/v1/disputes/" + dispute + "/contest", body, Map.of());
    }

    Api.Answer accept(String dispute) {
        return rig.api().post("/v1/disputes/" + dispute + "/accept", "", Map.of());
    }

    Api.Answer file(String dispute, byte[] bytes) {
        return rig.api()
                .upload(
                        "/v1/disputes/" + dispute + "/files?name=receipt.pdf",
                        bytes,
                        Map.of("Content-Type", "application/pdf"));
    }

    /** So many bytes that begin as a PDF does. */
    static byte[] pdf(int size) {
        byte[] bytes = new byte[size];
        byte[] first = "%PDF-1.7\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        System.arraycopy(first, 0, bytes, 0, first.length);
        for (int i = first.length; i < size; i++) {
            bytes[i] = (byte) (i * 31 + i / 257);
        }
        return bytes;
    }
}
