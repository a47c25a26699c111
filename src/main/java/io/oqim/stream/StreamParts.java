package io.oqim.stream;

import io.oqim.config.StreamConfig;
import io.oqim.observe.Traces;

/** What streams are made with. */
record StreamParts(
        StreamConfig config,
        Pages pages,
        LiveTails tails,
        Sessions sessions,
        Consumers consumers,
        Tickets tickets,
        Commands commands,
        Traces traces) {}
