package io.oqim.bench.vertx;

/** What a request is answered with, also when it comes again. */
record Answer(int status, String body) {}
