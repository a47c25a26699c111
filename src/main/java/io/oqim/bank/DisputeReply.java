package io.oqim.bank;

/** What a bank says to the answer to a dispute, or to a part of its evidence. */
public sealed interface DisputeReply {
    /** It has the answer; this is how the dispute stands. */
    record Answered(DisputeNews news) implements DisputeReply {}

    /** It has the part. */
    record Stored() implements DisputeReply {}

    /** It does not take it, and never will as it is. */
    record Refused(String code) implements DisputeReply {}

    /** It did not say. The same may be sent again. */
    record Silent(String reason) implements DisputeReply {}
}
