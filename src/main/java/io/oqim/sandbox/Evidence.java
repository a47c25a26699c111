package io.oqim.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The evidence that callers send part by part, kept as files until its dispute is answered, so that
 * what they say of it can be checked, also after a restart.
 *
 * <p>Whoever touches the files of a dispute holds its lock.
 */
final class Evidence {
    static final int MAX_PART_BYTES = 256 * 1024;
    static final int MAX_PARTS = 20;
    static final int MAX_FILES = 10;

    /** As much as a bank keeps for all its disputes. */
    static final long MAX_BYTES = 1L << 30;

    private static final String UNFINISHED = ".new";

    private final Path directory;
    private final AtomicLong kept = new AtomicLong();

    /**
     * A part of a file.
     *
     * @param number from 0
     * @param of how many parts the file has
     */
    record Part(String file, int number, int of, byte[] data) {}

    /**
     * What the caller says that a file is.
     *
     * @param sha256 in lower case hex digits
     */
    record Stated(String file, long size, String sha256) {}

    private record Kept(Path path, int number, int of) {
        static Kept of(Path path) {
            String[] numbers = path.getFileName().toString().split("-", 2);
            return new Kept(path, Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
        }
    }

    private Evidence(Path directory) {
        this.directory = directory;
    }

    /**
     * Takes up what was kept before a restart, and throws away what no dispute needs any more.
     *
     * @param directory created when it is needed
     */
    static Evidence open(Path directory, Set<String> unanswered) {
        Evidence evidence = new Evidence(directory);
        try {
            for (Path folder : entries(directory)) {
                evidence.kept.addAndGet(sizeOf(folder));
                if (!unanswered.contains(folder.getFileName().toString())) {
                    evidence.delete(folder);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot take up the evidence in " + directory, e);
        }
        return evidence;
    }

    /** Keeps a part, instead of what was there, and returns how many parts the file has now. */
    int keep(String dispute, Part part) {
        Path folder = folder(dispute, part.file());
        try {
            if (Files.notExists(folder)
                    && entries(directory.resolve(dispute)).size() == MAX_FILES) {
                throw Refusal.badValue("file", "one of at most " + MAX_FILES + " of a dispute");
            }
            List<Kept> parts = parts(folder);
            if (parts.stream().anyMatch(other -> other.of() != part.of())) {
                throw Refusal.badValue("of", "the same for all parts of a file");
            }
            boolean isNew = parts.stream().noneMatch(other -> other.number() == part.number());
            Files.createDirectories(folder);
            write(folder.resolve(part.number() + "-" + part.of()), part.data());
            return isNew ? parts.size() + 1 : parts.size();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep evidence in " + folder, e);
        }
    }

    /** Whether all parts of a file are here and make up what the caller says. */
    boolean matches(String dispute, Stated stated) {
        Path folder = folder(dispute, stated.file());
        try {
            List<Kept> parts = parts(folder);
            if (parts.isEmpty() || parts.size() != parts.getFirst().of()) {
                return false;
            }
            MessageDigest digest = sha256();
            long size = 0;
            for (Kept part : parts) {
                byte[] data = Files.readAllBytes(part.path());
                digest.update(data);
                size += data.length;
            }
            String actual = HexFormat.of().formatHex(digest.digest());
            return size == stated.size() && actual.equals(stated.sha256());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read evidence in " + folder, e);
        }
    }

    /** Throws the files of a dispute away, which nobody will ask for any more. */
    void forget(String dispute) {
        try {
            delete(directory.resolve(dispute));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete the evidence of " + dispute, e);
        }
    }

    /** Whole or not at all: a crash may leave half a file behind, but under another name. */
    private void write(Path path, byte[] data) throws IOException {
        long before = Files.exists(path) ? Files.size(path) : 0;
        long growth = data.length - before;
        if (kept.addAndGet(growth) > MAX_BYTES) {
            kept.addAndGet(-growth);
            throw Refusal.of(Answer.BUSY);
        }
        Path unfinished = path.resolveSibling(path.getFileName() + UNFINISHED);
        Files.write(unfinished, data);
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    }

    private void delete(Path folder) throws IOException {
        long bytes = sizeOf(folder);
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.exists(folder) ? Files.walk(folder) : Stream.empty()) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
        kept.addAndGet(-bytes);
    }

    /** In hex digits, since a caller's name for a file may be no name for one on a disk. */
    private Path folder(String dispute, String file) {
        String name = HexFormat.of().formatHex(file.getBytes(StandardCharsets.UTF_8));
        return directory.resolve(dispute).resolve(name);
    }

    private static List<Kept> parts(Path folder) throws IOException {
        return entries(folder).stream()
                .filter(path -> !path.toString().endsWith(UNFINISHED))
                .map(Kept::of)
                .sorted(Comparator.comparingInt(Kept::number))
                .toList();
    }

    private static long sizeOf(Path folder) throws IOException {
        long bytes = 0;
        for (Path file : entries(folder)) {
            for (Kept part : parts(file)) {
                bytes += Files.size(part.path());
            }
        }
        return bytes;
    }

    private static List<Path> entries(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
