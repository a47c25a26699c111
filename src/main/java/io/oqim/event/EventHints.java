package io.oqim.event;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.oqim.redis.Redis;
import io.oqim.store.Commit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/** Carries hints of new events between processes, by Redis: how far a log reaches, and no more. */
public final class EventHints {
    private static final String CHANNEL = "oqim:events";
    private static final Pattern HINT = Pattern.compile("\\d{1,18}:\\d{1,18}");

    private final EventFeed feed;
    private final Redis redis;
    private final Counter events;

    public EventHints(EventFeed feed, Redis redis, MeterRegistry registry) {
        this.feed = feed;
        this.redis = redis;
        this.events =
                Counter.builder("oqim.events")
                        .description("events that this process wrote")
                        .register(registry);
    }

    /** Wants to hear the hints of other processes, once Redis is listened to. */
    public void listen() {
        redis.subscribe(CHANNEL, this::heard);
    }

    /** This process's journal has written these; tells its own readers and the other processes. */
    public void committed(List<Commit.Place> places) {
        feed.committed(places);
        events.increment(places.size());
        Map<Long, Long> last = new HashMap<>();
        places.forEach(place -> last.merge(place.tenant(), place.seq(), Math::max));
        // A message for all: each costs every process more than what it says.
        StringJoiner message = new StringJoiner(" ");
        last.forEach((tenant, seq) -> message.add(tenant + ":" + seq));
        redis.publish(CHANNEL, message.toString());
    }

    private void heard(String message) {
        for (String hint : message.split(" ", -1)) {
            int cut = hint.indexOf(':');
            if (cut > 0 && HINT.matcher(hint).matches()) {
                feed.hint(
                        Long.parseLong(hint.substring(0, cut)),
                        Long.parseLong(hint.substring(cut + 1)));
            }
        }
    }
}
