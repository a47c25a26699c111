package io.oqim.stream;

import io.oqim.config.StreamConfig;
import io.oqim.event.EventFeed;
import io.oqim.event.EventLog;

/** What streams are made with. */
record StreamParts(EventLog log, EventFeed feed, StreamConfig config) {}
