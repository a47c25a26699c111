package io.oqim.sandbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The books of all banks in one file, so that the rows have one order.
 *
 * <p>One thread writes. While it waits for the disk, the next rows gather, and are then written and
 * fsynced together: under load one fsync serves many callers, and an idle bank waits for nobody.
 */
final class Books implements AutoCloseable {
    /** As many rows as may wait to be written; callers wait for room beyond that. */
    static final int MAX_WAITING = 16_384;

    private static final String FILE = "journal.ndjson";

    private final BookFile file;
    private final RowIndex index;
    private final Thread writer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition room = lock.newCondition();

    @GuardedBy("lock")
    private List<Waiting> waiting = new ArrayList<>();

    @GuardedBy("lock")
    private @Nullable RuntimeException broken;

    private Books(BookFile file, RowIndex index) {
        this.file = file;
        this.index = index;
        this.writer = Thread.ofPlatform().name("sandbox-books").daemon().unstarted(this::write);
    }

    /**
     * Opens the books and reads them from the beginning.
     *
     * @param replay gets every row, in order
     */
    static Books open(Path directory, Consumer<Row> replay) {
        try {
            Files.createDirectories(directory);
            BookFile file = BookFile.open(directory.resolve(FILE));
            RowIndex index = new RowIndex();
            file.recover((offset, line) -> replayLine(offset, line, index, replay));
            Books books = new Books(file, index);
            books.writer.start();
            return books;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the books in " + directory, e);
        }
    }

    /**
     * Writes a row and waits until it is durable, whatever interrupts come: a row whose fate nobody
     * waited for could be written a second time.
     */
    Row append(String bank, Instant at, Entry entry) {
        Waiting row = new Waiting(bank, at, entry);
        lock.lock();
        try {
            while (waiting.size() >= MAX_WAITING && broken == null) {
                room.awaitUninterruptibly();
            }
            if (broken != null) {
                throw new IllegalStateException("the books are closed", broken);
            }
            waiting.add(row);
            work.signal();
        } finally {
            lock.unlock();
        }
        return row.await();
    }

    JournalReader journal() {
        return new JournalReader(file, index);
    }

    /** Writes what is waiting, then closes. */
    @Override
    public void close() {
        stop(new IllegalStateException("closed"));
        try {
            writer.join();
            file.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the books", e);
        }
    }

    private void write() {
        for (List<Waiting> batch = next(); !batch.isEmpty(); batch = next()) {
            try {
                write(batch);
            } catch (IOException | RuntimeException e) {
                // What reached the disk is unknown until the books are read again.
                RuntimeException cause = new IllegalStateException("cannot write the books", e);
                stop(cause);
                batch.forEach(row -> row.failed(cause));
                next().forEach(row -> row.failed(cause));
                return;
            }
        }
    }

    private void write(List<Waiting> batch) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        List<Long> offsets = new ArrayList<>(batch.size());
        List<Row> rows = new ArrayList<>(batch.size());
        long seq = index.last();
        for (Waiting row : batch) {
            seq++;
            Row numbered = row.numbered(seq);
            rows.add(numbered);
            offsets.add(file.length() + lines.size());
            lines.writeBytes(JsonText.bytes(RowJson.write(numbered)));
            lines.write('\n');
        }
        file.append(ByteBuffer.wrap(lines.toByteArray()));
        for (int i = 0; i < rows.size(); i++) {
            index.add(rows.get(i).seq(), offsets.get(i));
            batch.get(i).written(rows.get(i));
        }
    }

    /** The rows that wait, or none when the books are closed. */
    private List<Waiting> next() {
        lock.lock();
        try {
            while (waiting.isEmpty() && broken == null) {
                work.awaitUninterruptibly();
            }
            List<Waiting> batch = waiting;
            waiting = new ArrayList<>();
            room.signalAll();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void stop(RuntimeException cause) {
        lock.lock();
        try {
            if (broken == null) {
                broken = cause;
            }
            work.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static boolean replayLine(
            long offset, byte[] line, RowIndex index, Consumer<Row> replay) {
        Row row;
        try {
            JsonObject json =
                    JsonText.parse(line)
                            .orElseThrow(() -> new IllegalArgumentException("not JSON"))
                            .asJsonObject();
            row = RowJson.read(json);
        } catch (JsonException
                | ClassCastException
                | IllegalArgumentException
                | ArithmeticException
                | NullPointerException
                | DateTimeException e) {
            return false;
        }
        if (row.seq() != index.last() + 1) {
            throw new IllegalStateException(
                    "the books jump from row " + index.last() + " to row " + row.seq());
        }
        index.add(row.seq(), offset);
        replay.accept(row);
        return true;
    }
}
