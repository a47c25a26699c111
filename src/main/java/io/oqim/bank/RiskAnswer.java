package io.oqim.bank;

/** What a bank's risk check says. */
public sealed interface RiskAnswer {
    /** Go on. */
    record Allow() implements RiskAnswer {}

    /** Do not. */
    record Refuse(String code) implements RiskAnswer {}

    /** It did not say. */
    record Silent(String reason) implements RiskAnswer {}
}
