package io.oqim.payment;

import io.oqim.config.DisputesConfig;
import io.oqim.config.OqimConfig;
import io.oqim.crypto.Hashes;
import io.oqim.http.Bodies;
import io.oqim.http.Problem;
import io.oqim.http.Refusal;
import io.oqim.store.Commit;
import io.oqim.store.Journal;
import io.oqim.store.JournalFull;
import io.oqim.store.TypeId;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes files as they come, part by part to disk. A file is there once all of it is; what breaks
 * off leaves parts that nobody sees, and that are removed after a while.
 */
final class DisputeUploads {
    private final Journal journal;
    private final DisputeResponses responses;
    private final DisputesConfig config;
    private final Duration patience;
    private final Semaphore places;

    /** Files of each tenant that are coming: nobody keeps others from sending theirs. */
    private final Map<Long, Integer> ofTenants = new ConcurrentHashMap<>();

    DisputeUploads(Journal journal, OqimConfig config, DisputeResponses responses) {
        this.journal = journal;
        this.responses = responses;
        this.config = config.disputes();
        this.patience = config.journal().commitWait();
        this.places = new Semaphore(config.disputes().maxUploads());
    }

    /** Where the bytes come from: hands them on part by part, and says how many there were. */
    @FunctionalInterface
    interface Source {
        long each(Bodies.Parts parts);
    }

    /**
     * A file that is coming.
     *
     * @param name as the bank sees it
     */
    record Coming(UUID dispute, String name, DisputeFile.Type type) {}

    /**
     * Takes it.
     *
     * @throws Refusal 404, 409, 422, or what the source throws; 503 when too many files come at
     *     once
     */
    DisputeFile take(long tenant, Coming coming, Source source) throws InterruptedException {
        responses.admits(tenant, coming.dispute());
        begin(tenant);
        try {
            UUID id = TypeId.next();
            MessageDigest digest = Hashes.digest();
            AtomicInteger parts = new AtomicInteger();
            long size =
                    source.each(
                            (number, part) -> {
                                if (number == 0 && !coming.type().begins(part)) {
                                    throw new Refusal(another(coming.type()));
                                }
                                digest.update(part);
                                keep(tenant, id, number, part);
                                parts.set(number + 1);
                            });
            DisputeFile file =
                    new DisputeFile(
                            id,
                            coming.dispute(),
                            coming.name(),
                            coming.type(),
                            size,
                            parts.get(),
                            digest.digest(),
                            Moment.now());
            return responses.filed(tenant, file);
        } finally {
            end(tenant);
        }
    }

    private void begin(long tenant) {
        if (!places.tryAcquire()) {
            throw new Refusal(Refusals.overloaded());
        }
        if (ofTenants.merge(tenant, 1, Integer::sum) > config.maxUploadsPerTenant()) {
            end(tenant);
            throw new Refusal(Refusals.overloaded());
        }
    }

    private void end(long tenant) {
        var ignored =
                ofTenants.computeIfPresent(tenant, (key, count) -> count == 1 ? null : count - 1);
        places.release();
    }

    private void keep(long tenant, UUID file, int number, byte[] part) {
        try {
            Commit commit =
                    journal.commitInBackground(
                            DisputeChanges.part(tenant, file, number, part), patience);
            if (!(commit instanceof Commit.Accepted)) {
                throw new Refusal(Refusals.unavailable("the database is busy"));
            }
        } catch (JournalFull full) {
            throw new Refusal(Refusals.overloaded());
        }
    }

    private static Problem another(DisputeFile.Type type) {
        return Problem.refused(
                "invalid_file", "body", "It does not begin as " + type.media() + " does.");
    }
}
