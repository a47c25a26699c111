package io.oqim.bank;

/** What a bank says when asked what became of a reference. */
public sealed interface Enquiry {
    /** It knows it; the reply is as if it had been given to the call itself. */
    record Found(BankReply reply) implements Enquiry {}

    /** It does not know it, which is evidence only after {@link Capabilities#longestDelay()}. */
    record NotFound() implements Enquiry {}

    /** It did not answer. */
    record NoAnswer(String reason) implements Enquiry {}

    /** It answered, and said nothing that can be used. */
    record Silent(String reason) implements Enquiry {}
}
