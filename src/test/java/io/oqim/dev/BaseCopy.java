package io.oqim.dev;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The files of a running PostgreSQL, copied between the begin and the end of a backup (PostgreSQL
 * documentation, section 25.3.3): what changes meanwhile is made good by the log, which is not
 * copied.
 */
final class BaseCopy extends SimpleFileVisitor<Path> {
    private final Path from;
    private final Path to;

    private BaseCopy(Path from, Path to) {
        this.from = from;
        this.to = to;
    }

    static void of(Path from, Path to) throws IOException {
        Files.createDirectories(to.toAbsolutePath().getParent());
        Files.walkFileTree(from, new BaseCopy(from, to));
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
    }

    private Path place(Path file) {
        return to.resolve(from.relativize(file).toString());
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
            throws IOException {
        Files.createDirectories(place(folder));
        // What belongs to the running server stays with it.
        return folder.endsWith("pg_replslot") || folder.endsWith("pg_dynshmem")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        String name = file.getFileName().toString();
        boolean wal = file.getParent().endsWith("pg_wal");
        boolean left = wal || name.startsWith("postmaster.") || name.startsWith("pgsql_tmp");
        if (!left && attributes.isRegularFile()) {
            try {
                var ignored = Files.copy(file, place(file));
            } catch (NoSuchFileException e) {
                // Removed while we looked.
            }
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
        return FileVisitResult.CONTINUE;
    }
}
