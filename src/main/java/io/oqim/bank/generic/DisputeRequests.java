package io.oqim.bank.generic;

import io.oqim.bank.DisputeResponse;
import java.util.Base64;

/** The protocol's requests about disputes as JSON. */
final class DisputeRequests {
    private DisputeRequests() {}

    static byte[] part(DisputeResponse.Part part) {
        return Requests.object(
                out -> {
                    out.write("of", part.of());
                    out.write("name", part.file().name());
                    out.write("type", part.file().type());
                    out.write("data", Base64.getEncoder().encodeToString(part.data()));
                });
    }

    static byte[] response(DisputeResponse response, String reference) {
        return Requests.object(
                out -> {
                    out.write("reference", reference);
                    out.write("action", response.accepts() ? "accept" : "contest");
                    response.text().ifPresent(text -> out.write("text", text));
                    out.writeStartArray("files");
                    for (DisputeResponse.File file : response.files()) {
                        out.writeStartObject();
                        out.write("file", file.id());
                        out.write("name", file.name());
                        out.write("type", file.type());
                        out.write("size", file.size());
                        out.write("sha256", file.sha256());
                        out.writeEnd();
                    }
                    out.writeEnd();
                });
    }
}
