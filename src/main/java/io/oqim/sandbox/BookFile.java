package io.oqim.sandbox;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file of the books: lines that are appended and never changed.
 *
 * <p>A crash may leave the beginning of a line behind. Nobody was told of that line, so it is cut.
 */
final class BookFile implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path path;
    private final FileChannel channel;
    private long length;

    /** Takes each whole line in turn. */
    @FunctionalInterface
    interface LineReader {
        /** Returns false when the line is damaged. */
        boolean line(long offset, byte[] line);
    }

    private BookFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static BookFile open(Path path) throws IOException {
        boolean isNew = Files.notExists(path);
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw new IOException(path + " is in use by another process");
            }
            if (isNew) {
                syncDirectoryOf(path);
            }
            return new BookFile(path, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Reads every whole line, then cuts what a crash left behind the last good one. */
    void recover(LineReader reader) throws IOException {
        long good = goodLines(reader);
        if (good < channel.size()) {
            channel.truncate(good);
            channel.force(true);
        }
        length = good;
    }

    /** Where the next line will begin. */
    long length() {
        return length;
    }

    /** Appends whole lines; they are durable when this returns. */
    void append(ByteBuffer lines) throws IOException {
        int bytes = lines.remaining();
        long position = length;
        while (lines.hasRemaining()) {
            position += channel.write(lines, position);
        }
        channel.force(false);
        length += bytes;
    }

    /** The bytes from an offset on, also such as are being appended. */
    InputStream from(long offset) throws IOException {
        FileChannel reader = FileChannel.open(path, StandardOpenOption.READ);
        reader.position(offset);
        return new BufferedInputStream(Channels.newInputStream(reader), BUFFER_BYTES);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Returns where the last good line ends. */
    private long goodLines(LineReader reader) throws IOException {
        long good = 0;
        boolean damaged = false;
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        byte[] chunk = new byte[BUFFER_BYTES];
        try (InputStream in = from(0)) {
            for (int bytes = in.read(chunk); bytes >= 0; bytes = in.read(chunk)) {
                int start = 0;
                for (int end = 0; end < bytes; end++) {
                    if (damaged) {
                        // Only the last line can be torn: this one has another behind it.
                        throw new IOException(path + " is damaged at byte " + good);
                    }
                    if (chunk[end] == '\n') {
                        line.write(chunk, start, end - start);
                        start = end + 1;
                        damaged = !reader.line(good, line.toByteArray());
                        good += damaged ? 0 : line.size() + 1;
                        line.reset();
                    }
                }
                line.write(chunk, start, bytes - start);
            }
        }
        return good;
    }

    /** A new file is only durable when its directory is. */
    private static void syncDirectoryOf(Path path) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null
                || !Files.getFileStore(directory).supportsFileAttributeView("posix")) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
