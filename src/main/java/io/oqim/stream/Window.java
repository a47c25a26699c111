package io.oqim.stream;

import java.util.Arrays;
import java.util.List;

/**
 * The last entries of a log, without a gap between them. Never changed: whoever has one can read it
 * while another takes its place.
 *
 * @param end the sequence number of the last entry, or the one after which the first will come
 * @param hash the hash of the event with that number
 */
record Window(long end, byte[] hash, List<Entry> entries) {
    static Window after(long seq, byte[] hash) {
        return new Window(seq, hash, List.of());
    }

    /**
     * With one more entry, which follows on the last; without the first ones, if it gets too large.
     */
    Window with(Entry next, int entriesMost, long bytesMost) {
        int from = Math.max(0, entries.size() + 1 - entriesMost);
        long bytes = next.bytes();
        for (int i = entries.size() - 1; i >= from; i--) {
            bytes += entries.get(i).bytes();
            if (bytes > bytesMost) {
                from = i + 1;
            }
        }
        Entry[] kept = new Entry[entries.size() + 1 - from];
        for (int i = from; i < entries.size(); i++) {
            kept[i - from] = entries.get(i);
        }
        kept[kept.length - 1] = next;
        return new Window(next.seq(), next.hash(), List.of(kept));
    }

    /**
     * The entries after {@code position}; none when it does not reach back that far. A list of its
     * own: whoever holds on to it holds on to nothing else.
     */
    List<Entry> after(long position, int most) {
        long first = end - entries.size() + 1;
        if (position >= end || position + 1 < first) {
            return List.of();
        }
        int from = (int) (position + 1 - first);
        return List.copyOf(entries.subList(from, Math.min(entries.size(), from + most)));
    }

    /** Without what came up to {@code seq}: what nobody will ask for need not be kept. */
    Window without(long seq) {
        int kept = (int) Math.max(0, Math.min(entries.size(), end - seq));
        return kept == entries.size()
                ? this
                : new Window(
                        end,
                        hash,
                        List.copyOf(entries.subList(entries.size() - kept, entries.size())));
    }

    /** Whether an entry follows on the last one. */
    boolean continues(Entry next) {
        return next.seq() == end + 1 && Arrays.equals(hash, next.previousHash());
    }

    /** Whether an entry that is said to stand here already is another one. */
    boolean contradicts(Entry same) {
        List<Entry> here = after(same.seq() - 1, 1);
        return !here.isEmpty() && !Arrays.equals(here.getFirst().hash(), same.hash());
    }
}
