package io.oqim;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes nonsense of what makes sense: the same from the same random numbers. */
final class Nonsense {
    private static final int CHANGES = 4;

    /** What parsers have stumbled on. */
    private static final List<byte[]> PIECES =
            List.of(
                    text("{"),
                    text("}"),
                    text("["),
                    text("]"),
                    text("\""),
                    text("\\"),
                    text(":"),
                    text(","),
                    text(";"),
                    text("="),
                    text("?"),
                    text("&"),
                    text("%"),
                    text("%00"),
                    text("%2e%2e/"),
                    text("../"),
                    text("/./"),
                    text("//"),
                    text(" "),
                    text("\t"),
                    text("\0"),
                    text("\\u0000"),
                    text("\\ud800"),
                    text("\u202e"),
                    text("null"),
                    text("true"),
                    text("{}"),
                    text("[]"),
                    text("0"),
                    text("-1"),
                    text("-0"),
                    text("1.0"),
                    text("1e3"),
                    text("1e999999999"),
                    text("9223372036854775808"),
                    text("-9223372036854775809"),
                    text("999999999999999999999999999999"),
                    text("00"),
                    text("NaN"),
                    text("\"a\":1,"),
                    text("pay_7zzzzzzzzzzzzzzzzzzzzzzzzz"),
                    text("pay_01h455vb4pex5vsknk084sn02q"),
                    text("' OR 1=1 --"),
                    text("${jndi:ldap://127.0.0.1:9/x}"),
                    text("%s%n%x"),
                    text("<script>alert(1)</script>"),
                    text("9999-12-31T23:59:60Z"),
                    text("+1000000000-01-01T00:00:00Z"),
                    text("a".repeat(300)),
                    text("9".repeat(300)),
                    text("[".repeat(40)),
                    text("{\"a\":".repeat(40)),
                    text("é".repeat(200)),
                    new byte[] {(byte) 0xff},
                    new byte[] {(byte) 0xc0, (byte) 0x80},
                    new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                    new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf},
                    new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80});

    private final RandomGenerator random;

    Nonsense(RandomGenerator random) {
        this.random = random;
    }

    <T> T oneOf(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    boolean once(int in) {
        return random.nextInt(in) == 0;
    }

    String of(String sense) {
        return new String(of(text(sense)), StandardCharsets.ISO_8859_1);
    }

    /** The same with a few changes. */
    byte[] of(byte[] sense) {
        byte[] bytes = sense;
        int changes = 1 + random.nextInt(CHANGES);
        for (int i = 0; i < changes; i++) {
            bytes = changed(bytes);
        }
        return bytes;
    }

    private byte[] changed(byte[] bytes) {
        int from = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, from + random.nextInt(1 + Math.max(1, bytes.length / 4)));
        return switch (random.nextInt(7)) {
            // Another byte.
            case 0 -> spliced(bytes, from, Math.min(bytes.length, from + 1), aByte());
            // Cut out.
            case 1 -> spliced(bytes, from, to, new byte[0]);
            // Cut off.
            case 2 -> spliced(bytes, from, bytes.length, new byte[0]);
            // Twice.
            case 3 -> spliced(bytes, to, to, java.util.Arrays.copyOfRange(bytes, from, to));
            // Put in.
            case 4, 5 -> spliced(bytes, from, from, oneOf(PIECES));
            // Instead.
            default -> spliced(bytes, from, to, oneOf(PIECES));
        };
    }

    private byte[] aByte() {
        return new byte[] {(byte) random.nextInt(256)};
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, from);
        out.writeBytes(between);
        out.write(bytes, to, bytes.length - to);
        return out.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
