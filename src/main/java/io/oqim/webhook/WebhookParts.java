package io.oqim.webhook;

import io.oqim.config.WebhooksConfig;
import io.oqim.event.EventLog;
import io.oqim.store.Journal;

/** What endpoints are served with. */
record WebhookParts(
        WebhooksConfig config,
        EventLog log,
        Journal journal,
        EndpointStore endpoints,
        DeliveryStore deliveries,
        Sender sender,
        Places places,
        Records records) {}
