package io.oqim.config;

import java.util.List;
import java.util.Map;
import java.util.Properties;

/** The whole configuration. Every key, its unit and its default: docs/configuration.md. */
public record OqimConfig(
        ServerConfig server,
        DatabaseConfig database,
        JournalConfig journal,
        RedisConfig redis,
        CryptoConfig crypto,
        VaultConfig vault,
        BanksConfig banks,
        LimitsConfig limits,
        PaymentsConfig payments,
        RiskConfig risk,
        ResolverConfig resolver,
        ExpiryConfig expiry,
        LedgerConfig ledger,
        DisputesConfig disputes,
        StreamConfig stream,
        WebhooksConfig webhooks,
        CheckpointsConfig checkpoints,
        UpkeepConfig upkeep,
        TracingConfig tracing,
        SandboxConfig sandbox) {

    /**
     * Reads file, environment and system properties.
     *
     * @throws ConfigException with all problems, when there is any
     */
    public static OqimConfig load(Map<String, String> environment, Properties system) {
        return from(Sources.read(environment, system, keys()));
    }

    /**
     * The same for a process that neither serves nor hashes anything, and so has no key that others
     * must have.
     */
    public static OqimConfig loadWithoutKeys(Map<String, String> environment, Properties system) {
        return from(Sources.read(environment, system, keys()).withoutKeys());
    }

    /** Reads from settings that are at hand already. */
    public static OqimConfig from(Settings settings) {
        OqimConfig config = read(settings);
        config.contradictions(settings);
        settings.check();
        return config;
    }

    /** Every key there is, in the order of docs/configuration.md. */
    public static List<Key> keys() {
        Settings settings = Settings.empty();
        read(settings);
        BankEndpoint.read(settings, "<name>");
        return settings.keys();
    }

    private static OqimConfig read(Settings settings) {
        return new OqimConfig(
                ServerConfig.read(settings),
                DatabaseConfig.read(settings),
                JournalConfig.read(settings),
                RedisConfig.read(settings),
                CryptoConfig.read(settings),
                VaultConfig.read(settings),
                BanksConfig.read(settings),
                LimitsConfig.read(settings),
                PaymentsConfig.read(settings),
                RiskConfig.read(settings),
                ResolverConfig.read(settings),
                ExpiryConfig.read(settings),
                LedgerConfig.read(settings),
                DisputesConfig.read(settings),
                StreamConfig.read(settings),
                WebhooksConfig.read(settings),
                CheckpointsConfig.read(settings),
                UpkeepConfig.read(settings),
                TracingConfig.read(settings),
                SandboxConfig.read(settings));
    }

    /** Time-outs that would defeat one another. */
    private void contradictions(Settings settings) {
        var worst = banks.sendWindow().plus(banks.deadline()).plus(journal.secondCommit());
        if (worst.compareTo(server.requestDeadline()) > 0) {
            settings.problem(
                    "server.request-deadline",
                    "is "
                            + Settings.text(server.requestDeadline())
                            + ", but banks.send-window + banks.deadline + journal.second-commit need "
                            + Settings.text(worst));
        }
        if (journal.commitWait().compareTo(banks.sendWindow()) > 0) {
            settings.problem(
                    "journal.commit-wait",
                    "must not be longer than banks.send-window: a first commit that late could not be followed by a"
                            + " call to the bank");
        }
        if (risk.deadline().compareTo(banks.sendWindow()) >= 0) {
            settings.problem("risk.deadline", "must be shorter than banks.send-window");
        }
        if (resolver.lease().compareTo(banks.deadline().multipliedBy(3)) < 0) {
            settings.problem(
                    "resolver.lease",
                    "must be at least three times banks.deadline: a worker may enquire, void and enquire again");
        }
        if (redis.timeout().compareTo(risk.deadline()) >= 0) {
            settings.problem(
                    "redis.timeout",
                    "must be shorter than risk.deadline: a card whose count is late must still be counted here");
        }
        if (disputes.pause().compareTo(disputes.lease()) >= 0) {
            settings.problem(
                    "disputes.pause",
                    "must be shorter than disputes.lease: what a callback tells of while a bank is read would be forgotten");
        }
        if (banks.connectTimeout().compareTo(banks.deadline()) >= 0) {
            settings.problem("banks.connect-timeout", "must be shorter than banks.deadline");
        }
        if (database.lockTimeout().compareTo(database.statementTimeout()) >= 0) {
            settings.problem(
                    "database.lock-timeout", "must be shorter than database.statement-timeout");
        }
        int readers = database.poolSize() - journal.lanes() - journal.backgroundLanes();
        if (readers <= stream.maxReads() + stream.maxTailReads() + 2 * webhooks.maxSteps()) {
            settings.problem(
                    "database.pool-size",
                    "must be larger than journal.lanes + journal.background-lanes, which hold a connection each while"
                            + " they write, + stream.max-reads + stream.max-tail-reads + 2 * webhooks.max-steps: payments read too");
        }
        if (webhooks.nameTimeout().compareTo(webhooks.timeout()) >= 0) {
            settings.problem(
                    "webhooks.name-timeout",
                    "must be shorter than webhooks.timeout: a look-up without an answer is told apart from a"
                            + " receiver without one");
        }
        if (webhooks.maxFailing() >= webhooks.maxInFlight()) {
            settings.problem(
                    "webhooks.max-failing",
                    "must be less than webhooks.max-in-flight: endpoints that work need places too");
        }
        if (webhooks.failingConcurrency() > webhooks.concurrency()) {
            settings.problem(
                    "webhooks.failing-concurrency", "must not be more than webhooks.concurrency");
        }
    }
}
