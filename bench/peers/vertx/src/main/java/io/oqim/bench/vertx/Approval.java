package io.oqim.bench.vertx;

/** The bank's yes. */
record Approval(String bankReference, String authCode) {}
