package io.oqim.config;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * IP addresses that begin alike, in the notation of RFC 4632 and RFC 4291: {@code 192.0.2.0/24},
 * {@code 2001:db8::/32}, or one address alone.
 *
 * @param text in which it was written
 */
public record AddressRange(String text, List<Byte> start, int bits) {
    private static final Pattern FORM =
            Pattern.compile(
                    "([0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)(?:/([0-9]{1,3}))?");

    /** The range of a text; empty when it is none, or has bits beyond its length. */
    public static Optional<AddressRange> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        byte[] start;
        try {
            start = InetAddress.ofLiteral(form.group(1)).getAddress();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        int bits = form.group(2) == null ? start.length * 8 : Integer.parseInt(form.group(2));
        if (bits > start.length * 8) {
            return Optional.empty();
        }
        for (int i = bits; i < start.length * 8; i++) {
            if ((start[i / 8] & mask(i)) != 0) {
                return Optional.empty();
            }
        }
        Byte[] boxed = new Byte[start.length];
        Arrays.setAll(boxed, i -> start[i]);
        return Optional.of(new AddressRange(text, List.of(boxed), bits));
    }

    /** Whether the address is one of them. An address of IPv4 is in no range of IPv6. */
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != start.size()) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            if ((bytes[i / 8] & mask(i)) != (start.get(i / 8) & mask(i))) {
                return false;
            }
        }
        return true;
    }

    private static int mask(int bit) {
        return 0x80 >> (bit % 8);
    }

    @Override
    public String toString() {
        return text;
    }
}
