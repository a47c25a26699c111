package io.oqim.bank;

/**
 * The port: one bank protocol. Every method blocks up to the call's deadline, may be interrupted,
 * and answers by value; an exception is a bug of the connector.
 */
public interface BankConnector {
    Capabilities capabilities();

    BankReply authorize(Authorize request, BankCall call);

    BankReply capture(Modify request, BankCall call);

    /** Releases what is authorized and not captured. */
    BankReply voidRemainder(Modify request, BankCall call);

    BankReply refund(Modify request, BankCall call);

    /** Holds more or less than until now; the amount is the new total. */
    BankReply adjust(Modify request, BankCall call);

    /**
     * What became of the call's reference.
     *
     * @param asked what the reference was used for; a bank that speaks of something else has said
     *     nothing
     */
    Enquiry enquire(BankOperation asked, BankCall call);

    /**
     * Voids whatever {@code target} did, and makes the bank refuse it for ever. May be repeated.
     */
    Tombstone tombstone(String target, BankCall call);

    RiskAnswer checkRisk(RiskQuestion question, BankCall call);

    /** Changes of disputes after this one, in the order in which the bank made them. */
    DisputeFeed disputes(long after, BankCall call);

    /** A part of a file that belongs to the answer to a dispute. May be repeated. */
    DisputeReply evidence(DisputeResponse.Part part, BankCall call);

    /** The answer to a dispute. May be repeated under the same reference, which changes nothing. */
    DisputeReply respond(DisputeResponse response, BankCall call);
}
