package io.oqim.payment;

import java.util.Map;
import java.util.Optional;

/** What the merchant said about a payment; Oqim only keeps it. */
record Details(
        Optional<String> reference,
        Optional<String> description,
        Map<String, String> metadata,
        Customer customer,
        Optional<String> returnUrl) {
    Details {
        metadata = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(metadata));
    }

    /** Who pays. Email and IP stay out of events and logs. */
    record Customer(
            Optional<String> id,
            Optional<String> email,
            Optional<String> ip,
            Optional<String> country) {
        @Override
        public String toString() {
            return "[REDACTED]";
        }
    }
}
