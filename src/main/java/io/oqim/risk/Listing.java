package io.oqim.risk;

/** What a tenant's lists say of a payment. */
public sealed interface Listing {
    /** Nothing. */
    record None() implements Listing {}

    /** It is refused. */
    record Blocked(String kind, String entry) implements Listing {}

    /** Neither limits nor rules hold for it. */
    record Allowed(String kind, String entry) implements Listing {}
}
