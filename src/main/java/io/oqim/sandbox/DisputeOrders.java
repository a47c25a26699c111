package io.oqim.sandbox;

import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the requests about disputes. */
final class DisputeOrders {
    private static final int MAX_NAME = 255;
    private static final int MAX_WORD = 64;
    private static final int MAX_TEXT = 20_000;
    private static final int MAX_DATA = (Evidence.MAX_PART_BYTES + 2) / 3 * 4;
    private static final int MAX_REASON = 40;
    private static final long LEAST_TIME = 100;
    private static final long MOST_TIME = Duration.ofDays(365).toMillis();
    private static final Set<String> TYPES = Set.of("application/pdf", "image/png", "image/jpeg");
    private static final Pattern FILE = Pattern.compile("[A-Za-z0-9._:-]{1,64}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern REASON = Pattern.compile("[a-z_]{1,40}");

    private DisputeOrders() {}

    /** Which values a number may have. */
    record Range(long least, long most) {}

    static DisputeOrder raise(Fields fields) {
        String reference = Orders.reference(fields);
        @Nullable Long amount =
                fields.optionalWhole("amount", 1, Amount.MAX_MINOR_UNITS).orElse(null);
        String reason = fields.optionalText("reason", MAX_REASON).orElse(DisputeOrder.FRAUDULENT);
        if (!REASON.matcher(reason).matches()) {
            throw fields.badValue("reason", "of a-z and _");
        }
        Duration within =
                fields.optionalWhole("respond_within_ms", LEAST_TIME, MOST_TIME)
                        .map(Duration::ofMillis)
                        .orElse(DisputeOrder.STANDARD_TIME);
        return new DisputeOrder(reference, amount, reason, within);
    }

    /** One of the two words a bank may decide. */
    static DisputeStatus outcome(Fields fields) {
        return switch (fields.text("outcome", MAX_WORD)) {
            case "won" -> DisputeStatus.WON;
            case "lost" -> DisputeStatus.LOST;
            default -> throw fields.badValue("outcome", "won or lost");
        };
    }

    static Evidence.Part part(String file, String number, Fields fields) {
        int of = (int) fields.whole("of", 1, Evidence.MAX_PARTS);
        long part = whole("part", number, new Range(0, of - 1L));
        fileOf(fields, file);
        return new Evidence.Part(file, (int) part, of, data(fields));
    }

    static ResponseOrder response(Fields fields) {
        String reference = Orders.reference(fields);
        boolean contest =
                switch (fields.text("action", MAX_WORD)) {
                    case "contest" -> true;
                    case "accept" -> false;
                    default -> throw fields.badValue("action", "contest or accept");
                };
        String text = fields.textOrEmpty("text", MAX_TEXT);
        List<JsonValue> list = fields.optionalList("files");
        if (list.size() > Evidence.MAX_FILES) {
            throw fields.badValue("files", "at most " + Evidence.MAX_FILES + " files");
        }
        List<Evidence.Stated> files = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            files.add(stated(Fields.of(list.get(i), "files[" + i + "].")));
        }
        return new ResponseOrder(reference, contest, text, files);
    }

    /** A number in a path or a query. */
    static long whole(String name, String text, Range range) {
        if (NUMBER.matcher(text).matches()) {
            long number = Long.parseLong(text);
            if (number >= range.least() && number <= range.most()) {
                return number;
            }
        }
        throw Refusal.badValue(name, "from " + range.least() + " to " + range.most());
    }

    private static Evidence.Stated stated(Fields fields) {
        String file = fields.text("file", MAX_WORD);
        fileOf(fields, file);
        long most = (long) Evidence.MAX_PARTS * Evidence.MAX_PART_BYTES;
        long size = fields.whole("size", 1, most);
        String sha256 = fields.text("sha256", MAX_WORD);
        if (!SHA256.matcher(sha256).matches()) {
            throw fields.badValue("sha256", "64 hex digits in lower case");
        }
        return new Evidence.Stated(file, size, sha256);
    }

    /** Checks what every mention of a file tells of it. */
    private static void fileOf(Fields fields, String file) {
        if (!FILE.matcher(file).matches()) {
            throw fields.badValue("file", "1 to 64 of A-Z a-z 0-9 . _ : -");
        }
        String ignored = fields.text("name", MAX_NAME);
        if (!TYPES.contains(fields.text("type", MAX_WORD))) {
            throw fields.badValue("type", "application/pdf, image/png or image/jpeg");
        }
    }

    private static byte[] data(Fields fields) {
        String text = fields.text("data", MAX_DATA);
        try {
            byte[] data = Base64.getDecoder().decode(text);
            if (data.length <= Evidence.MAX_PART_BYTES) {
                return data;
            }
        } catch (IllegalArgumentException e) {
            // Refused below, like one that is too long.
        }
        throw fields.badValue("data", "base64 of at most " + Evidence.MAX_PART_BYTES + " bytes");
    }
}
