package io.oqim.payment;

import io.oqim.bank.DisputeNews;
import io.oqim.config.DisputesConfig;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.merchant.Tenant;
import io.oqim.store.Change;
import io.oqim.store.TypeId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a merchant makes of a dispute. It is on disk before it is answered; {@link DisputeSender}
 * tells the bank.
 */
final class DisputeResponses {
    private final Works works;
    private final DisputesConfig config;
    private final DisputeStore store;
    private final Insistent insistent;

    DisputeResponses(Works works, DisputeStore store, Insistent insistent) {
        this.works = works;
        this.config = works.config().disputes();
        this.store = store;
        this.insistent = insistent;
    }

    /**
     * What is to be said.
     *
     * @param files which; empty for all that there are
     */
    record Word(boolean accepts, Optional<String> text, Optional<List<UUID>> files) {}

    /**
     * The dispute after it.
     *
     * @param seq of the event that tells of it; 0 when nothing was changed
     */
    record Stands(Dispute dispute, long seq) {}

    /**
     * Responds once; who says the same again gets it as it stands. Blocks for a commit, and no
     * longer than a request may take.
     *
     * @throws Refusal 404, 409 when nobody can respond any more or it was responded otherwise, 422
     *     when there is no evidence or no such file, 503 when it cannot be written in time
     */
    Stands respond(Tenant tenant, UUID dispute, Word word) throws InterruptedException {
        return insistent.run(
                () ->
                        changed(
                                tenant.id(),
                                dispute,
                                now -> {
                                    Dispute.Response response = response(tenant.id(), now, word);
                                    if (now.response().filter(response::says).isPresent()
                                            && !refused(now)) {
                                        return null;
                                    }
                                    requireOpen(now);
                                    Dispute after = now.responded(response, Moment.now());
                                    return new Step(
                                            DisputeChanges.responded(tenant.id(), after), after);
                                }));
    }

    private static boolean refused(Dispute dispute) {
        return dispute.response()
                .filter(given -> given.delivery() == Dispute.Delivery.REFUSED)
                .isPresent();
    }

    private Dispute.Response response(long tenant, Dispute dispute, Word word) {
        List<UUID> there = store.files(tenant, dispute.id()).stream().map(DisputeFile::id).toList();
        List<UUID> files = word.accepts() ? List.of() : word.files().orElse(there);
        if (!there.containsAll(files)) {
            throw new Refusal(
                    Problem.refused("invalid_value", "files", "This dispute has no such file."));
        }
        if (!word.accepts() && word.text().isEmpty() && files.isEmpty()) {
            throw new Refusal(
                    Problem.refused(
                            "missing_evidence",
                            "text",
                            "A dispute is contested with a text, or with files that were sent before."));
        }
        return new Dispute.Response(
                TypeId.next(),
                word.accepts(),
                word.text(),
                files,
                Dispute.Delivery.SENDING,
                "",
                Moment.now());
    }

    /**
     * A file may be sent for this dispute.
     *
     * @throws Refusal 404, or 409 when nobody can respond any more
     */
    void admits(long tenant, UUID dispute) {
        Dispute now = find(tenant, dispute);
        requireOpen(now);
    }

    /**
     * A file is whole. One that is there already is not there twice: who lost the answer sends it
     * again.
     */
    DisputeFile filed(long tenant, DisputeFile file) throws InterruptedException {
        return insistent.run(
                () -> {
                    AtomicReference<DisputeFile> kept = new AtomicReference<>(file);
                    Stands ignored =
                            changed(tenant, file.dispute(), now -> filing(tenant, now, kept));
                    return kept.get();
                });
    }

    private @Nullable Step filing(long tenant, Dispute now, AtomicReference<DisputeFile> kept) {
        DisputeFile file = kept.get();
        Optional<DisputeFile> same =
                store.files(tenant, now.id()).stream().filter(file::same).findFirst();
        if (same.isPresent()) {
            kept.set(same.get());
            return null;
        }
        requireOpen(now);
        requireRoom(tenant, now);
        Dispute after = now.touched(Moment.now());
        return new Step(DisputeChanges.filed(tenant, after, file), after);
    }

    /** A change, and how the dispute then stands. */
    private record Step(Change change, Dispute after) {}

    /** Tries until nobody else changes it meanwhile; a step of null changes nothing. */
    private Stands changed(long tenant, UUID id, Function<Dispute, @Nullable Step> step) {
        while (true) {
            Dispute now = find(tenant, id);
            Step next = step.apply(now);
            if (next == null) {
                return new Stands(now, 0);
            }
            OptionalLong seq = CallersCommit.write(works, next.change());
            if (seq.isPresent()) {
                return new Stands(next.after(), seq.getAsLong());
            }
        }
    }

    Dispute find(long tenant, UUID dispute) {
        return store.find(tenant, dispute)
                .orElseThrow(() -> new Refusal(Problem.notFound("dispute")));
    }

    private static void requireOpen(Dispute now) {
        if (now.open(Moment.now())) {
            return;
        }
        boolean answered = now.response().isPresent() && !refused(now);
        throw new Refusal(
                answered
                        ? Problem.conflict(
                                "dispute_answered", "The dispute has been answered already.")
                        : Problem.conflict("dispute_closed", closed(now)));
    }

    private static String closed(Dispute now) {
        return now.standing() == DisputeNews.Standing.NEEDS_RESPONSE
                ? "The bank took responses until " + now.respondBy() + "."
                : "The dispute is "
                        + Dispute.text(now.standing())
                        + ", and takes no response any more.";
    }

    private void requireRoom(long tenant, Dispute now) {
        if (store.files(tenant, now.id()).size() >= config.maxFiles()) {
            throw new Refusal(
                    Problem.conflict(
                            "too_many_files",
                            "A dispute may have " + config.maxFiles() + " files."));
        }
    }
}
