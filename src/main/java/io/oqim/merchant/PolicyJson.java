package io.oqim.merchant;

import io.oqim.http.Json;
import io.oqim.http.JsonFields;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.store.TypeId;
import jakarta.json.stream.JsonGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A tenant's policy as the admin API shows and takes it: whole, what is left out is standard. */
final class PolicyJson {
    private static final long MONTH = 86_400L * 30;

    private PolicyJson() {}

    /**
     * What a body says.
     *
     * @param signed whether signatures are required; a policy that does not say it does not end it
     */
    record Said(Policy policy, Optional<Boolean> signed) {}

    static Said read(JsonFields body) {
        OptionalInt rateLimit = count(body, "rate_limit");
        OptionalInt cardLimit = count(body, "card_limit");
        OptionalLong resolveWithin = within(body, "resolve_within", 1, MONTH);
        Policy.OnDeadline onDeadline =
                body.optionalChoice("on_deadline", List.of("settle", "reverse"))
                        .map(Policy.OnDeadline::parse)
                        .orElse(Policy.OnDeadline.SETTLE);
        OptionalLong settlementDelay = within(body, "settlement_delay", 0, MONTH);
        boolean beyond = body.flag("refund_beyond_balance", true);
        Optional<Boolean> signed =
                body.has("require_signatures")
                        ? Optional.of(body.flag("require_signatures", false))
                        : Optional.empty();
        Map<String, Policy.Fee> fees = FeesJson.read(body);
        body.end();
        Policy policy =
                new Policy(
                        rateLimit,
                        cardLimit,
                        seconds(resolveWithin),
                        onDeadline,
                        seconds(settlementDelay),
                        beyond,
                        signed.orElse(false),
                        fees);
        return new Said(policy, signed);
    }

    private static OptionalInt count(JsonFields body, String name) {
        OptionalLong value = within(body, name, 0, 1_000_000);
        return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
    }

    private static void count(JsonGenerator out, String name, OptionalInt value) {
        if (value.isPresent()) {
            out.write(name, value.getAsInt());
        } else {
            out.writeNull(name);
        }
    }

    private static Optional<Duration> seconds(OptionalLong value) {
        return value.isPresent()
                ? Optional.of(Duration.ofSeconds(value.getAsLong()))
                : Optional.empty();
    }

    private static void seconds(JsonGenerator out, String name, Optional<Duration> value) {
        if (value.isPresent()) {
            out.write(name, value.get().toSeconds());
        } else {
            out.writeNull(name);
        }
    }

    private static OptionalLong within(JsonFields body, String name, long least, long most) {
        OptionalLong value = body.optionalInteger(name);
        if (value.isPresent() && (value.getAsLong() < least || value.getAsLong() > most)) {
            throw new Refusal(
                    Problem.refused(
                            "invalid_value",
                            body.at(name),
                            "It must be from " + least + " to " + most + "."));
        }
        return value;
    }

    static byte[] bytes(Tenant tenant) {
        Policy policy = tenant.policy();
        return Json.bytes(
                out -> {
                    out.writeStartObject();
                    out.write("object", "policy");
                    out.write("merchant", TypeId.text("mer", tenant.merchant()));
                    out.write("mode", tenant.mode().text());
                    count(out, "rate_limit", policy.rateLimit());
                    count(out, "card_limit", policy.cardLimit());
                    seconds(out, "resolve_within", policy.resolveWithin());
                    out.write("on_deadline", policy.onDeadline().text());
                    seconds(out, "settlement_delay", policy.settlementDelay());
                    out.write("refund_beyond_balance", policy.refundBeyondBalance());
                    out.write("require_signatures", policy.requireSignatures());
                    out.writeKey("fees");
                    FeesJson.write(out, policy.fees());
                    out.writeEnd();
                });
    }
}
