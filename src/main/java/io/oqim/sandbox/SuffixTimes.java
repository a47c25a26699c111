package io.oqim.sandbox;

import java.time.Duration;

/**
 * How long the delays last that suffixes and cards cause.
 *
 * @param pending from a pending reply to its outcome (0074, 0075, 0076)
 * @param lateReply from processing to the late reply (0069)
 * @param enquiryLag how long an enquiry denies what happened (0078)
 * @param challenge how long a cardholder may take
 * @param longestDelay how old a request may be when the bank still processes it
 * @param dispute from a debit to its dispute (0084), and from evidence to what it decides
 */
record SuffixTimes(
        Duration pending,
        Duration lateReply,
        Duration enquiryLag,
        Duration challenge,
        Duration longestDelay,
        Duration dispute) {
    static final SuffixTimes STANDARD =
            new SuffixTimes(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(45),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(15),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(1));

    /** Otherwise a bank would deny an operation for longer than it promises to be late. */
    boolean keepsPromise() {
        return enquiryLag.compareTo(longestDelay) <= 0;
    }
}
