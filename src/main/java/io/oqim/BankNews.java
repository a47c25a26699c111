package io.oqim;

import io.oqim.bank.Bank;
import io.oqim.bank.Banks;
import io.oqim.concurrent.Loop;
import io.oqim.redis.Redis;
import java.security.SecureRandom;
import java.time.Duration;

/**
 * Which banks this process finds down, told to the others by Redis once a second for as long as it
 * does. To them it is a reason to ask another bank first, and no more: it may be this process whose
 * network is gone.
 */
final class BankNews implements AutoCloseable {
    private static final String CHANNEL = "oqim:banks";
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration GOOD_FOR = PAUSE.multipliedBy(3);

    /** Names this process, which hears itself too. */
    private final String self = Long.toHexString(new SecureRandom().nextLong());

    private final Redis redis;
    private final Banks banks;
    private final Loop loop = new Loop("bank-news", this::turn);

    BankNews(Redis redis, Banks banks) {
        this.redis = redis;
        this.banks = banks;
    }

    /** To be called before Redis is listened to. */
    void listen() {
        redis.subscribe(CHANNEL, this::heard);
        loop.start();
    }

    private void heard(String message) {
        String[] parts = message.split(":", 2);
        if (parts.length == 2 && !parts[0].equals(self)) {
            banks.named(parts[1]).ifPresent(bank -> bank.foundDownElsewhere(GOOD_FOR));
        }
    }

    private Duration turn() {
        banks.all().stream()
                .filter(bank -> !bank.available())
                .map(Bank::name)
                .forEach(name -> redis.publish(CHANNEL, self + ":" + name));
        return PAUSE;
    }

    @Override
    public void close() {
        loop.close();
    }
}
