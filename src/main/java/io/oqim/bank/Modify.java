package io.oqim.bank;

import io.oqim.money.Money;

/** A capture, void, refund or adjustment of a payment that the bank knows by its own reference. */
public record Modify(String bankReference, Money amount) {}
