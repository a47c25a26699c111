package io.oqim.payment;

import io.oqim.bank.BankIds;
import io.oqim.bank.BankReply;
import io.oqim.config.BanksConfig;
import io.oqim.config.LedgerConfig;
import io.oqim.event.EventBody;
import io.oqim.http.Json;
import io.oqim.ledger.Ledger;
import io.oqim.store.Change;
import io.oqim.store.Row;
import io.oqim.store.TypeId;
import jakarta.json.stream.JsonGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes changes for the journal. {@link #first} belongs on the crypto pool, with the other hashes
 * of a new payment; the hash of an event alone is shorter than the way there (decision 5).
 */
final class PaymentChanges {
    private final BanksConfig banks;
    private final LedgerConfig ledger;

    PaymentChanges(BanksConfig banks, LedgerConfig ledger) {
        this.banks = banks;
        this.ledger = ledger;
    }

    /** A change with the answer that it stores. */
    record Answering(Change change, byte[] body) {}

    /**
     * The first commit: claim, payment, operation, attempt as SENT, and payment.created.
     *
     * @param saved the card that is saved with it
     */
    Change first(Open open, KeyedRequest asked, Optional<Row> saved) {
        UUID change = TypeId.next();
        Payment payment = open.payment();
        List<Row> rows = new ArrayList<>();
        rows.add(PaymentRows.claim(change, open, asked.key(), asked.fingerprint()));
        saved.ifPresent(rows::add);
        rows.add(PaymentRows.payment(open.tenant(), payment));
        rows.add(PaymentRows.operation(open.tenant(), open.operation()));
        rows.add(attempt(open));
        Change.Draft created =
                EventBody.draft(
                        "payment.created",
                        payment.id(),
                        open.operation().id(),
                        PaymentJson.bytes(payment));
        return new Change(change, open.tenant(), payment.id(), rows, List.of(created));
    }

    /** The first commit of an operation: claim, what it keeps of the payment, attempt as SENT. */
    Change modify(Open open, KeyedRequest asked) {
        UUID change = TypeId.next();
        List<Row> rows = new ArrayList<>();
        rows.add(PaymentRows.claim(change, open, asked.key(), asked.fingerprint()));
        rows.add(PaymentRows.update(change, open.tenant(), open.payment()));
        rows.add(PaymentRows.operation(open.tenant(), open.operation()));
        rows.add(attempt(open));
        if (open.operation().terms().fromBalance()) {
            rows.add(Ledger.reserve(change, open.tenant(), open.operation().amount()));
        }
        return new Change(change, open.tenant(), open.payment().id(), rows, List.of());
    }

    /** The change, and the claim of a key on the operation that it is about. */
    static Change claiming(Change change, Open open, KeyedRequest asked) {
        List<Row> rows = new ArrayList<>(change.rows());
        rows.add(PaymentRows.claim(change.id(), open, asked.key(), asked.fingerprint()));
        return new Change(change.id(), change.tenant(), change.subject(), rows, change.events());
    }

    /** A key that nobody used, and that nobody shall use any more. */
    static Change barred(long tenant, String key) {
        UUID change = TypeId.next();
        return new Change(
                change,
                tenant,
                change,
                List.of(
                        Row.of(
                                PaymentWrites.CLAIM,
                                tenant + "/" + key,
                                change,
                                tenant,
                                key,
                                new byte[32],
                                ClaimStore.NOTHING,
                                ClaimStore.NOTHING)),
                List.of());
    }

    /**
     * The next try of a payment whose call proved unsent: takes the claim again, with a new
     * attempt.
     */
    Change again(Open open, Attempt before, String key) {
        UUID change = TypeId.next();
        return new Change(
                change,
                open.tenant(),
                open.payment().id(),
                List.of(
                        PaymentRows.reopened(change, open.tenant(), key, false),
                        PaymentRows.update(change, open.tenant(), open.payment()),
                        attempt(open),
                        // What proved unsent has nothing open any more.
                        PaymentRows.attemptUpdate(open.tenant(), before, Optional.empty())),
                List.of());
    }

    /**
     * The second commit: state, postings, events, trace and the stored answer.
     *
     * @param before the payment as it was
     * @param legs the trace's JSON, if there is one
     * @param knownSeq the sequence number to answer with when the change has no event
     */
    Answering settled(Open before, Settled settled, Optional<byte[]> legs, long knownSeq) {
        UUID change = TypeId.next();
        long tenant = before.tenant();
        Payment payment = settled.payment();
        byte[] data = PaymentJson.bytes(payment);
        byte[] body = AnswerBody.of(before.then(settled));
        List<Row> rows = new ArrayList<>();
        rows.add(PaymentRows.update(change, tenant, payment));
        rows.add(
                Row.of(
                        PaymentWrites.OPERATION_UPDATE,
                        tenant + "/" + settled.operation().id(),
                        tenant,
                        settled.operation().id(),
                        settled.operation().status().text(),
                        settled.operation().updated()));
        rows.add(PaymentRows.attemptUpdate(tenant, settled.attempt(), settled.nextCheck()));
        rows.addAll(following(tenant, payment, settled.then()));
        Duration delay = before.policy().settlementDelay().orElse(ledger.settlementDelay());
        rows.addAll(Ledger.rows(tenant, settled.postings(), delay));
        Wallet.decided(before, settled).ifPresent(rows::add);
        if (before.operation().terms().fromBalance()
                && settled.operation().status().ended()
                && !before.operation().status().ended()) {
            rows.add(Ledger.release(tenant, settled.operation().amount()));
        }
        legs.ifPresent(
                json ->
                        rows.add(
                                Row.of(
                                        PaymentWrites.TRACE,
                                        tenant + "/" + payment.id(),
                                        tenant,
                                        payment.id(),
                                        settled.operation().id(),
                                        change,
                                        json)));
        List<Change.Draft> events =
                settled.events().stream()
                        .map(
                                type ->
                                        EventBody.draft(
                                                type, payment.id(), settled.operation().id(), data))
                        .toList();
        Optional<String> key = settled.operation().key();
        if (key.isPresent()) {
            rows.add(
                    switch (settled.forKey()) {
                        case Settled.ForKey.Reopened reopened ->
                                PaymentRows.reopened(change, tenant, key.get(), true);
                        case Settled.ForKey.Answered answered ->
                                PaymentRows.response(
                                        tenant,
                                        key.get(),
                                        new PaymentRows.Response(
                                                answered.status(),
                                                body,
                                                events.isEmpty(),
                                                knownSeq));
                    });
        }
        if (before.attempt().state() == AttemptState.NOT_SENT && key.isPresent()) {
            // It waited for its caller; now the key has its answer.
            rows.add(PaymentRows.reopened(change, tenant, key.get(), false));
        }
        return new Answering(new Change(change, tenant, payment.id(), rows, events), body);
    }

    /** What a worker carries out next. */
    private static List<Row> following(long tenant, Payment payment, Then then) {
        return switch (then) {
            case Then.Nothing nothing -> List.of();
            case Then.TriesAgain again -> List.of(PaymentRows.planned(tenant, payment.id(), again));
            case Then.Begins begins -> {
                UUID id = TypeId.next();
                Instant now = payment.updated();
                Operation operation =
                        new Operation(
                                id,
                                payment.id(),
                                begins.kind(),
                                OperationStatus.PROCESSING,
                                begins.amount(),
                                Operation.Terms.own(begins.cause()),
                                now,
                                now);
                Attempt attempt = Attempt.planned(id, payment.bank());
                yield List.of(
                        PaymentRows.operation(tenant, operation),
                        PaymentRows.planned(
                                tenant,
                                payment.id(),
                                new Then.TriesAgain(attempt, Duration.ZERO, Optional.empty())));
            }
        };
    }

    /** Oqim itself begins an operation. */
    static Change begin(long tenant, Payment payment, Then.Begins begins) {
        return goesOn(tenant, payment, begins, List.of());
    }

    /** The payment as it is now, what a worker carries out next, and what is told of it. */
    static Change goesOn(long tenant, Payment payment, Then then, List<Change.Draft> events) {
        UUID change = TypeId.next();
        List<Row> rows = new ArrayList<>();
        rows.add(PaymentRows.update(change, tenant, payment));
        rows.addAll(following(tenant, payment, then));
        return new Change(change, tenant, payment.id(), rows, events);
    }

    /** A worker is about to send what was planned: nobody else does, or settles it meanwhile. */
    Change sending(Open open) {
        UUID change = TypeId.next();
        return new Change(
                change,
                open.tenant(),
                open.payment().id(),
                List.of(
                        touched(change, open),
                        Row.of(
                                PaymentWrites.ATTEMPT_SENDING,
                                open.tenant() + "/" + open.attempt().reference(),
                                change,
                                open.tenant(),
                                open.attempt().operation(),
                                open.attempt().number(),
                                open.attempt().fence(),
                                banks.sendWindow().toMillis(),
                                abandoned().toMillis())),
                List.of());
    }

    /** Nothing of the payment changes but its version: whoever read it before has to read again. */
    private static Row touched(UUID change, Open open) {
        Payment payment = open.payment();
        return PaymentRows.update(
                change,
                open.tenant(),
                payment.next(
                        payment.status(), payment.amounts(), payment.outcome(), payment.updated()));
    }

    /**
     * The answer that was given when nobody waited any longer; an answer that is there already
     * stays.
     */
    static Change answered(long tenant, String key, Answer.Given given) {
        PaymentRows.Response response =
                new PaymentRows.Response(given.status(), given.body(), true, given.eventSeq());
        return new Change(
                TypeId.next(),
                tenant,
                given.payment(),
                List.of(PaymentRows.response(tenant, key, response)),
                List.of());
    }

    /** Nothing new at the bank. */
    static Change checked(Open open, Duration next) {
        return new Change(
                TypeId.next(),
                open.tenant(),
                open.payment().id(),
                List.of(
                        Row.of(
                                PaymentWrites.ATTEMPT_CHECKED,
                                open.tenant() + "/" + open.attempt().reference(),
                                open.tenant(),
                                open.attempt().operation(),
                                open.attempt().number(),
                                open.attempt().state().text(),
                                open.attempt().fence(),
                                next.toMillis())),
                List.of());
    }

    /**
     * What a bank said after somebody else had settled the payment. If it says that money moved,
     * the attempt is looked at once more.
     */
    static Change evidence(Open open, BankReply reply) {
        List<Row> rows = new ArrayList<>();
        rows.add(PaymentRows.evidence(open, Json.bytes(out -> said(out, reply))));
        if (reply instanceof BankReply.Approved) {
            rows.add(
                    Row.of(
                            PaymentWrites.ATTEMPT_CONTRADICTED,
                            open.tenant() + "/" + open.attempt().reference(),
                            open.tenant(),
                            open.attempt().operation(),
                            open.attempt().number()));
        }
        return new Change(TypeId.next(), open.tenant(), open.payment().id(), rows, List.of());
    }

    /** The change, and who settled it by hand and why. */
    static Change byHand(Change change, Open open, ByHand hand) {
        List<Row> rows = new ArrayList<>(change.rows());
        rows.add(PaymentRows.evidence(open, hand.json()));
        return new Change(change.id(), change.tenant(), change.subject(), rows, change.events());
    }

    /** What contradicted an attempt has been looked at, under this lease, and nothing is open. */
    static Change lookedAt(Open open) {
        UUID change = TypeId.next();
        return new Change(
                change,
                open.tenant(),
                open.payment().id(),
                List.of(
                        touched(change, open),
                        Row.of(
                                PaymentWrites.ATTEMPT_LOOKED_AT,
                                open.tenant() + "/" + open.attempt().reference(),
                                change,
                                open.tenant(),
                                open.attempt().operation(),
                                open.attempt().number(),
                                open.attempt().state().text(),
                                open.attempt().fence())),
                List.of());
    }

    private static void said(JsonGenerator out, BankReply reply) {
        out.writeStartObject();
        out.write("reply", reply.name());
        if (reply instanceof BankReply.Approved approved) {
            out.write("amount", approved.effected().minorUnits());
            out.write("currency", approved.effected().currencyCode());
            ids(out, approved.ids());
        } else if (reply instanceof BankReply.Declined declined) {
            out.write("code", declined.code());
            ids(out, declined.ids());
        }
        out.writeEnd();
    }

    private static void ids(JsonGenerator out, BankIds ids) {
        ids.bankReference().ifPresent(reference -> out.write("bank_reference", reference));
        ids.authCode().ifPresent(code -> out.write("auth_code", code));
        ids.rrn().ifPresent(rrn -> out.write("rrn", rrn));
    }

    private Row attempt(Open open) {
        Attempt a = open.attempt();
        return Row.of(
                PaymentWrites.ATTEMPT,
                open.tenant() + "/" + a.reference(),
                open.tenant(),
                a.operation(),
                a.number(),
                open.payment().id(),
                a.bank(),
                a.reference(),
                banks.sendWindow().toMillis(),
                abandoned().toMillis());
    }

    /** From when on nobody can be sending any more. */
    private Duration abandoned() {
        return banks.sendWindow().plus(banks.deadline()).plus(banks.resolverMargin());
    }
}
