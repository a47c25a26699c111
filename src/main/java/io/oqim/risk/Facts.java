package io.oqim.risk;

import io.oqim.money.Money;
import java.net.InetAddress;
import java.util.Optional;

/**
 * What risk is judged by.
 *
 * @param instrument keyed hash of the card, or of the bank's token
 * @param bin the card's first six digits, unless the bank alone knows it
 * @param customer the merchant's own id of the customer
 * @param email keyed hash of the customer's email address
 * @param country of the customer, ISO 3166-1 alpha-2
 */
public record Facts(
        long tenant,
        Money amount,
        byte[] instrument,
        Optional<String> bin,
        Optional<String> customer,
        Optional<byte[]> email,
        Optional<InetAddress> ip,
        Optional<String> country) {
    @Override
    public String toString() {
        return "[REDACTED]";
    }
}
