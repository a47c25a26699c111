package io.oqim.payment;

/** Why a payment did not happen, although nobody declined it. */
record Failure(String code, String message) {}
