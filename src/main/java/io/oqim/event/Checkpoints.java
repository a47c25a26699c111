package io.oqim.event;

import io.oqim.concurrent.Loop;
import io.oqim.config.CheckpointsConfig;
import io.oqim.crypto.CryptoPoolFull;
import io.oqim.store.Database;
import io.oqim.store.StoreException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signs, once in a while, how far each log has come. Any number of workers may do this. */
public final class Checkpoints implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    private final CheckpointStore store;
    private final Notary notary;
    private final CheckpointsConfig config;
    private final Loop loop = new Loop("checkpoints", this::turn);
    private boolean published;

    public Checkpoints(Database database, Notary notary, CheckpointsConfig config) {
        this.store = new CheckpointStore(database);
        this.notary = notary;
        this.config = config;
    }

    public void start() {
        loop.start();
    }

    private Duration turn() {
        try {
            if (!published) {
                store.add(notary.id(), notary.publicKey());
                published = true;
            }
            List<CheckpointStore.Due> due =
                    store.due(config.every(), config.events(), config.batch());
            for (CheckpointStore.Due log : due) {
                if (loop.closing()) {
                    return config.poll();
                }
                store.add(
                        log.tenant(),
                        notary.sign(log.merchant(), log.mode(), log.seq(), log.hash(), log.now()));
            }
            return due.size() == config.batch() ? Duration.ZERO : config.poll();
        } catch (StoreException | CryptoPoolFull e) {
            LOG.warn("checkpoints are signed later: {}", e.getMessage());
            return config.poll();
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
