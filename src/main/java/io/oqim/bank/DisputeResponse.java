package io.oqim.bank;

import java.util.List;
import java.util.Optional;

/**
 * The answer to a dispute.
 *
 * @param dispute the bank's name for it
 * @param accepts gives in; else it is contested, with text and files
 */
public record DisputeResponse(
        String dispute, boolean accepts, Optional<String> text, List<File> files) {
    public DisputeResponse {
        files = List.copyOf(files);
    }

    /**
     * A file that the bank has got in parts.
     *
     * @param id ours
     * @param type such as {@code application/pdf}
     * @param size in bytes
     * @param sha256 in hexadecimal
     */
    public record File(String id, String name, String type, long size, String sha256) {}

    /**
     * A part of a file. May be sent again.
     *
     * @param dispute the bank's name for it
     * @param number from 0 on
     * @param of how many there are
     */
    public record Part(String dispute, File file, int number, int of, byte[] data) {}
}
