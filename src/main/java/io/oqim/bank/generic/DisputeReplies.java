package io.oqim.bank.generic;

import io.oqim.bank.DisputeFeed;
import io.oqim.bank.DisputeNews;
import io.oqim.bank.DisputeReply;
import io.oqim.bank.HttpAnswer;
import io.oqim.money.Money;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the protocol's answers about disputes mean. Nothing is read beyond a change that is missing
 * or cannot be read: what comes after it must not overtake it.
 */
final class DisputeReplies {
    /** By which the bank says that it will never take what it was sent. */
    private static final Set<String> REFUSALS =
            Set.of(
                    "dispute_closed",
                    "dispute_not_found",
                    "evidence_incomplete",
                    "invalid_json",
                    "missing_field",
                    "invalid_type",
                    "invalid_value");

    private static final int NAME_MOST = 100;

    private DisputeReplies() {}

    static DisputeFeed feed(HttpAnswer answer, long after) {
        Optional<JsonObject> page = body(answer, 200);
        if (page.isEmpty()
                || !(page.get().get("data") instanceof JsonArray rows)
                || !page.get().containsKey("has_more")) {
            return new DisputeFeed.Silent(describe(answer));
        }
        List<DisputeNews> news = new ArrayList<>();
        for (JsonValue row : rows) {
            Optional<DisputeNews> read =
                    row instanceof JsonObject object ? news(object) : Optional.empty();
            long next = after + news.size() + 1;
            if (read.isEmpty() || read.get().seq() != next) {
                // What was read before it is good; what comes after it must not overtake it.
                return news.isEmpty()
                        ? new DisputeFeed.Silent(
                                "change " + next + " is missing, or cannot be read")
                        : new DisputeFeed.Page(news, true);
            }
            news.add(read.get());
        }
        boolean more = JsonValue.TRUE.equals(page.get().get("has_more"));
        return more && news.isEmpty()
                ? new DisputeFeed.Silent("has more, and gives nothing")
                : new DisputeFeed.Page(news, more);
    }

    /**
     * @param dispute of which the bank has to speak
     */
    static DisputeReply response(HttpAnswer answer, String dispute) {
        return body(answer, 200)
                .flatMap(DisputeReplies::news)
                .filter(news -> news.dispute().equals(dispute))
                .<DisputeReply>map(DisputeReply.Answered::new)
                .orElseGet(() -> refused(answer));
    }

    static DisputeReply part(HttpAnswer answer, String file) {
        return body(answer, 200)
                        .flatMap(body -> Replies.text(body, "file"))
                        .filter(file::equals)
                        .isPresent()
                ? new DisputeReply.Stored()
                : refused(answer);
    }

    private static DisputeReply refused(HttpAnswer answer) {
        if (answer instanceof HttpAnswer.Answered answered
                && answered.status() >= 400
                && answered.status() < 500) {
            Optional<String> code =
                    Replies.object(answered.body())
                            .flatMap(body -> Replies.text(body, "code"))
                            .filter(REFUSALS::contains);
            if (code.isPresent()) {
                return new DisputeReply.Refused(code.get());
            }
        }
        return new DisputeReply.Silent(describe(answer));
    }

    private static Optional<JsonObject> body(HttpAnswer answer, int status) {
        return answer instanceof HttpAnswer.Answered answered && answered.status() == status
                ? Replies.object(answered.body())
                : Optional.empty();
    }

    private static Optional<DisputeNews> news(JsonObject row) {
        OptionalLong seq = whole(row, "seq");
        Optional<String> dispute = name(row, "dispute");
        Optional<String> reference = name(row, "reference");
        Optional<DisputeNews.Standing> standing =
                Replies.text(row, "status").flatMap(DisputeReplies::standing);
        Optional<Money> amount = Replies.effected(row).filter(money -> !money.isZero());
        Optional<Instant> respondBy =
                Replies.text(row, "respond_by").flatMap(DisputeReplies::instant);
        if (seq.isEmpty()
                || seq.getAsLong() < 1
                || dispute.isEmpty()
                || reference.isEmpty()
                || standing.isEmpty()
                || amount.isEmpty()
                || respondBy.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new DisputeNews(
                        seq.getAsLong(),
                        dispute.get(),
                        reference.get(),
                        standing.get(),
                        amount.get(),
                        Replies.text(row, "reason")
                                .filter(word -> word.matches("[A-Za-z0-9_.-]{1,40}"))
                                .orElse("general"),
                        respondBy.get()));
    }

    private static Optional<String> name(JsonObject row, String field) {
        return Replies.text(row, field).filter(text -> text.length() <= NAME_MOST);
    }

    private static OptionalLong whole(JsonObject row, String field) {
        return row.get(field) instanceof JsonNumber number
                ? OptionalLong.of(number.longValueExact())
                : OptionalLong.empty();
    }

    private static Optional<DisputeNews.Standing> standing(String word) {
        for (DisputeNews.Standing standing : DisputeNews.Standing.values()) {
            if (standing.name().toLowerCase(Locale.ROOT).equals(word)) {
                return Optional.of(standing);
            }
        }
        return Optional.empty();
    }

    /** Within what the database and RFC 3339 can hold. */
    private static Optional<Instant> instant(String text) {
        try {
            Instant time = Instant.parse(text);
            return time.isAfter(Instant.EPOCH)
                            && time.isBefore(Instant.parse("9999-01-01T00:00:00Z"))
                    ? Optional.of(time)
                    : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static String describe(HttpAnswer answer) {
        return switch (answer) {
            case HttpAnswer.Answered answered -> "status " + answered.status();
            case HttpAnswer.NotSent notSent -> notSent.reason();
            case HttpAnswer.Lost lost -> lost.reason();
        };
    }
}
