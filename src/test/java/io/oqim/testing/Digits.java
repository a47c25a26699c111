package io.oqim.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds digits in bytes of any kind: as text of one byte a digit, as text of two, and as arrays of
 * a heap dump.
 */
public final class Digits {
    private static final int LEAST = 12;

    private Digits() {}

    /** Which of these numbers, of at least 12 digits, are in there. */
    public static Set<String> numbers(byte[] bytes, List<String> wanted) {
        Set<String> found = new TreeSet<>();
        for (String run : runs(bytes)) {
            wanted.stream().filter(run::contains).forEach(found::add);
        }
        return found;
    }

    /** Each longest row of digits, next to one another or with a zero between. */
    private static List<String> runs(byte[] bytes) {
        List<String> runs = new ArrayList<>();
        for (int step = 1; step <= 2; step++) {
            for (int first = 0; first < step; first++) {
                StringBuilder run = new StringBuilder();
                for (int i = first; i < bytes.length; i += step) {
                    boolean digit = bytes[i] >= '0' && bytes[i] <= '9';
                    boolean between = step == 1 || i + 1 >= bytes.length || bytes[i + 1] == 0;
                    if (digit) {
                        run.append((char) bytes[i]);
                    }
                    if (!digit || !between) {
                        keep(run, runs);
                    }
                }
                keep(run, runs);
            }
        }
        return runs;
    }

    private static void keep(StringBuilder run, List<String> runs) {
        if (run.length() >= LEAST) {
            runs.add(run.toString());
        }
        run.setLength(0);
    }

    /**
     * The texts of four digits that a heap dump has as whole arrays of bytes, or as a field of
     * JSON.
     */
    public static Set<String> fours(byte[] dump, String field) {
        Set<String> found = new TreeSet<>();
        byte[] named = ("\"" + field + "\":\"").getBytes(StandardCharsets.US_ASCII);
        // Of a primitive array in a dump: how many elements, and that they are bytes.
        byte[] array = {0, 0, 0, 4, 8};
        for (int i = 0; i + 4 <= dump.length; i++) {
            if (digits(dump, i) && (behind(dump, i, array) || behind(dump, i, named))) {
                found.add(new String(dump, i, 4, StandardCharsets.US_ASCII));
            }
        }
        return found;
    }

    private static boolean digits(byte[] bytes, int at) {
        for (int i = at; i < at + 4; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean behind(byte[] bytes, int at, byte[] before) {
        if (at < before.length) {
            return false;
        }
        for (int i = 0; i < before.length; i++) {
            if (bytes[at - before.length + i] != before[i]) {
                return false;
            }
        }
        return true;
    }
}
