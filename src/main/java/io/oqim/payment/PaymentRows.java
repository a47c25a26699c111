package io.oqim.payment;

import io.oqim.store.Row;
import io.oqim.store.TypeId;
import io.oqim.vault.Card;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rows that changes of payments are made of: values in the order of {@link PaymentWrites}. */
final class PaymentRows {
    private PaymentRows() {}

    /** What a key is answered with. */
    record Response(int status, byte[] body, boolean eventless, long knownSeq) {}

    static Row response(long tenant, String key, Response answer) {
        return Row.of(
                answer.eventless() ? PaymentWrites.RESPONSE_KNOWN : PaymentWrites.RESPONSE,
                tenant + "/" + key,
                tenant,
                key,
                answer.status(),
                answer.body(),
                answer.eventless() ? (Object) answer.knownSeq() : Row.EVENT_SEQ);
    }

    static Row claim(UUID change, Open open, String key, byte[] fingerprint) {
        return Row.of(
                PaymentWrites.CLAIM,
                open.tenant() + "/" + key,
                change,
                open.tenant(),
                key,
                fingerprint,
                open.payment().id(),
                open.operation().id());
    }

    static Row reopened(UUID change, long tenant, String key, boolean wanted) {
        return Row.of(
                PaymentWrites.CLAIM_REOPENED, tenant + "/" + key, change, tenant, key, wanted);
    }

    static Row payment(long tenant, Payment p) {
        Optional<Card> card = p.instrument().knownCard();
        return Row.of(
                PaymentWrites.PAYMENT,
                tenant + "/" + p.id(),
                tenant,
                p.id(),
                p.status().text(),
                p.amount().minorUnits(),
                p.amount().currencyCode(),
                p.captureMethod().text(),
                p.bank(),
                orNull(card.map(Card::brand)),
                orNull(card.map(Card::first6)),
                orNull(card.map(Card::last4)),
                orNull(card.map(Card::expMonth)),
                orNull(card.map(Card::expYear)),
                p.instrument().hash(),
                orNull(p.instrument().keptAs()),
                p.instrument().saves(),
                orNull(p.details().reference()),
                orNull(p.details().description()),
                PaymentColumns.metadata(p.details().metadata()),
                PaymentColumns.customer(p.details().customer()),
                orNull(p.details().returnUrl()),
                p.created(),
                p.updated(),
                p.version());
    }

    static Row update(UUID change, long tenant, Payment p) {
        Amounts a = p.amounts();
        Payment.Outcome o = p.outcome();
        return Row.of(
                PaymentWrites.PAYMENT_UPDATE,
                tenant + "/" + p.id(),
                change,
                tenant,
                p.id(),
                p.version(),
                p.status().text(),
                p.bank(),
                a.authorized(),
                a.captured(),
                a.refunded(),
                a.voided(),
                a.kept().capture(),
                a.kept().release(),
                a.kept().refund(),
                a.kept().increase(),
                a.lost(),
                a.disputed().amount(),
                a.disputed().beyond(),
                a.fees().charged(),
                a.fees().returned(),
                orNull(o.decline().map(PaymentColumns::decline)),
                orNull(o.failure().map(PaymentColumns::failure)),
                orNull(o.redirect().map(PaymentColumns::redirect)),
                orNull(o.inDoubt().map(InDoubt::since)),
                orNull(o.inDoubt().map(InDoubt::resolveBy)),
                orNull(o.inDoubt().map(InDoubt::operation)),
                orNull(p.review().map(Review::text)),
                orNull(p.authorizedUntil().filter(until -> p.status().holds())),
                p.updated());
    }

    static Row operation(long tenant, Operation o) {
        return Row.of(
                PaymentWrites.OPERATION,
                tenant + "/" + o.id(),
                tenant,
                o.id(),
                o.payment(),
                o.kind().text(),
                o.status().text(),
                o.amount().minorUnits(),
                o.amount().currencyCode(),
                orNull(o.key()),
                o.terms().cause().text(),
                o.terms().last(),
                o.terms().before(),
                o.terms().releases(),
                o.terms().fromBalance(),
                o.created(),
                o.updated());
    }

    static Row planned(long tenant, UUID payment, Then.TriesAgain next) {
        Attempt a = next.attempt();
        return Row.of(
                PaymentWrites.ATTEMPT_PLANNED,
                tenant + "/" + a.reference(),
                tenant,
                a.operation(),
                a.number(),
                payment,
                a.bank(),
                a.reference(),
                next.in().toMillis(),
                orNull(next.unsettled()));
    }

    static Row attemptUpdate(long tenant, Attempt a, Optional<Duration> nextCheck) {
        return Row.of(
                PaymentWrites.ATTEMPT_UPDATE,
                tenant + "/" + a.reference(),
                tenant,
                a.operation(),
                a.number(),
                a.state().text(),
                orNull(a.ids().bankReference()),
                orNull(a.ids().authCode()),
                orNull(a.ids().rrn()),
                a.bankCode().isEmpty() ? null : a.bankCode(),
                orNull(nextCheck.map(Duration::toMillis)));
    }

    static Row evidence(Open open, byte[] json) {
        return Row.of(
                PaymentWrites.EVIDENCE,
                open.tenant() + "/" + open.attempt().reference(),
                open.tenant(),
                TypeId.next(),
                open.payment().id(),
                open.operation().id(),
                open.attempt().number(),
                new String(json, StandardCharsets.UTF_8));
    }

    static <T> @Nullable Object orNull(Optional<T> value) {
        return value.isPresent() ? value.get() : null;
    }
}
