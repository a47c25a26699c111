package io.oqim.payment;

import io.oqim.bank.BankToken;
import io.oqim.bank.CardDetails;
import io.oqim.bank.Source;
import io.oqim.crypto.Hashes;
import io.oqim.http.Problem;
import io.oqim.store.Row;
import io.oqim.store.TypeId;
import io.oqim.vault.Card;
import io.oqim.vault.KeyUnavailable;
import io.oqim.vault.PlainCard;
import io.oqim.vault.Vault;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes of what a request wants to pay with what a bank can be asked with. */
final class Wallet {
    private static final Logger LOG = LoggerFactory.getLogger(Wallet.class);

    private final Optional<Vault> vault;
    private final Hashes hashes;

    /**
     * @param vault none where no card is taken
     */
    Wallet(Optional<Vault> vault, Hashes hashes) {
        this.vault = vault;
        this.hashes = hashes;
    }

    /** What came of it. */
    sealed interface Opening {
        /** It can be paid with. */
        record Opened(Means means) implements Opening {}

        /** It cannot. */
        record Refused(Problem problem) implements Opening {}
    }

    /** What a bank can be asked to pay with. It prints as {@code [REDACTED]}. */
    sealed interface Means {
        Source forBank();
    }

    /** A token of the bank, whose card nobody here sees. */
    record OpenToken(PaymentMethod.OfBank method) implements Means {
        @Override
        public Source forBank() {
            return new BankToken(method.token());
        }
    }

    /**
     * A card to pay with.
     *
     * @param known what is kept of it, if it is kept already
     * @param saving ready to keep it, if it shall be
     */
    record OpenCard(
            PlainCard plain,
            Optional<String> cvc,
            Optional<UUID> token,
            Optional<Card> known,
            Optional<Vault.Saving> saving)
            implements Means {
        @Override
        public Source forBank() {
            return new CardDetails(
                    plain.number(), plain.expMonth(), plain.expYear(), cvc, plain.holderName());
        }

        @Override
        public String toString() {
            return "[REDACTED]";
        }
    }

    /** Opens it; blocks on the database for a card that is kept, or shall be. */
    Opening open(long tenant, PaymentMethod method) {
        try {
            return opening(tenant, method);
        } catch (KeyUnavailable e) {
            // Not thrown on: a key that has its answer gets it all the same.
            LOG.atError().addKeyValue("tenant", tenant).setCause(e).log("a card cannot be read");
            return new Opening.Refused(Refusals.unavailable("the vault"));
        }
    }

    private Opening opening(long tenant, PaymentMethod method) {
        return switch (method) {
            case PaymentMethod.InClear clear ->
                    new Opening.Opened(
                            new OpenCard(
                                    clear.card(),
                                    clear.cvc(),
                                    clear.save() ? Optional.of(TypeId.next()) : Optional.empty(),
                                    Optional.empty(),
                                    clear.save()
                                            ? vault.map(cards -> cards.saving(tenant))
                                            : Optional.empty()));
            case PaymentMethod.OfBank of -> new Opening.Opened(new OpenToken(of));
            case PaymentMethod.Kept kept ->
                    vault.flatMap(cards -> cards.open(tenant, kept.token()))
                            .map(opened -> opened(kept, opened))
                            .orElseGet(() -> new Opening.Refused(CreatePaymentJson.unknownToken()));
        };
    }

    private static Opening opened(PaymentMethod.Kept kept, Vault.Opened opened) {
        if (opened.plain().expired(YearMonth.now(ZoneOffset.UTC))) {
            return new Opening.Refused(CreatePaymentJson.expired("payment_method.token"));
        }
        return new Opening.Opened(
                new OpenCard(
                        opened.plain(),
                        kept.cvc(),
                        Optional.of(kept.token()),
                        Optional.of(opened.card()),
                        Optional.empty()));
    }

    /** What is kept of it with the payment; computes. */
    Instrument instrument(Means means) {
        return switch (means) {
            case OpenCard open ->
                    new Instrument.OfCard(card(open), open.token(), open.saving().isPresent());
            case OpenToken open ->
                    new Instrument.OfBank(
                            hashes.bankToken(open.method().bank(), open.method().token()));
        };
    }

    private Card card(OpenCard open) {
        return open.known().orElseGet(() -> Card.of(open.plain(), hashes));
    }

    /** The row that saves it with its payment, if it shall be saved; computes. */
    static Optional<Row> saved(Means means, Payment payment) {
        return means instanceof OpenCard open
                ? open.saving().map(saving -> row(saving, open, payment))
                : Optional.empty();
    }

    private static Row row(Vault.Saving saving, OpenCard open, Payment payment) {
        return saving.row(
                open.token().orElseThrow(),
                open.plain(),
                payment.instrument().knownCard().orElseThrow(),
                payment.details().customer().id(),
                payment.id());
    }

    /** What the end of what opens a payment makes of the card that it saves. */
    static Optional<Row> decided(Open before, Settled settled) {
        Instrument instrument = before.payment().instrument();
        if (!instrument.saves()
                || !before.operation().kind().opens()
                || before.operation().status().ended()
                || !settled.operation().status().ended()) {
            return Optional.empty();
        }
        boolean approved = settled.operation().status() == OperationStatus.SUCCEEDED;
        return instrument
                .keptAs()
                .map(
                        token ->
                                Vault.decided(
                                        before.tenant(), token, before.payment().id(), approved));
    }
}
