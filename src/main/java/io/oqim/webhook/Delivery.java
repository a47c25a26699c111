package io.oqim.webhook;

import io.oqim.event.Event;

/**
 * An event on its way to an endpoint.
 *
 * @param attempts that there were already
 */
record Delivery(Event event, int attempts) {}
