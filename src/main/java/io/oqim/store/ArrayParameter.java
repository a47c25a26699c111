package io.oqim.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * A column of many rows as one parameter, in PostgreSQL's binary form (array_send and the send
 * functions of the element types): the driver's own goes as text for most types, and both sides pay
 * for that.
 */
final class ArrayParameter extends PGobject implements PGBinaryObject {
    private static final long serialVersionUID = 1L;

    /** For the driver's {@code binaryTransferEnable}. */
    static final String BINARY =
            "BOOL_ARRAY,BYTEA_ARRAY,INT2_ARRAY,INT4_ARRAY,INT8_ARRAY,JSONB_ARRAY,TEXT_ARRAY,TIMESTAMPTZ_ARRAY,UUID_ARRAY";

    /** Of 2000-01-01, from which PostgreSQL counts. */
    private static final long EPOCH_SECONDS = 946_684_800;

    private static final int HEADER = 20;
    private static final int TYPICAL_VALUE = 24;

    private transient ByteBuffer bytes;
    private final transient ColumnType elements;

    ArrayParameter(ColumnType elements, List<? extends @Nullable Object> values) {
        this.elements = elements;
        this.bytes = ByteBuffer.allocate(HEADER + values.size() * TYPICAL_VALUE);
        setType(elements.arrayName());
        bytes.putInt(1); // dimension
        bytes.putInt(values.stream().anyMatch(Objects::isNull) ? 1 : 0);
        bytes.putInt(elements.oid());
        bytes.putInt(values.size());
        bytes.putInt(1); // lower bound
        for (Object value : values) {
            if (value == null) {
                room(4).putInt(-1);
            } else {
                put(value);
            }
        }
    }

    private void put(Object value) {
        switch (elements) {
            case BIGINT -> room(12).putInt(8).putLong(((Number) value).longValue());
            case INTEGER -> room(8).putInt(4).putInt(Math.toIntExact(((Number) value).longValue()));
            case SMALLINT -> room(6).putInt(2).putShort(small((Number) value));
            case BOOLEAN -> room(5).putInt(1).put((byte) ((Boolean) value ? 1 : 0));
            case UUID -> {
                UUID id = (UUID) value;
                room(20).putInt(16)
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits());
            }
            case TIMESTAMPTZ -> room(12).putInt(8).putLong(micros((Instant) value));
            case TEXT -> put(((String) value).getBytes(StandardCharsets.UTF_8), 0);
            case JSONB -> put(((String) value).getBytes(StandardCharsets.UTF_8), 1);
            case BYTEA -> put((byte[]) value, 0);
        }
    }

    private static short small(Number number) {
        if (number.longValue() != number.shortValue()) {
            throw new ArithmeticException("not a smallint: " + number);
        }
        return number.shortValue();
    }

    /**
     * @param version of the form, where it has one; 0 where it has none
     */
    private void put(byte[] value, int version) {
        int length = version == 0 ? value.length : value.length + 1;
        ByteBuffer out = room(4 + length).putInt(length);
        if (version != 0) {
            out.put((byte) version);
        }
        out.put(value);
    }

    private static long micros(Instant time) {
        return Math.addExact(
                Math.multiplyExact(time.getEpochSecond() - EPOCH_SECONDS, 1_000_000),
                time.getNano() / 1000);
    }

    private ByteBuffer room(int wanted) {
        if (bytes.remaining() < wanted) {
            int size = Math.max(2 * bytes.capacity(), bytes.position() + wanted);
            bytes = ByteBuffer.wrap(Arrays.copyOf(bytes.array(), size)).position(bytes.position());
        }
        return bytes;
    }

    @Override
    public void setByteValue(byte[] value, int offset) {
        throw new UnsupportedOperationException("only sent");
    }

    @Override
    public int lengthInBytes() {
        return bytes.position();
    }

    @Override
    public void toBytes(byte[] target, int offset) {
        System.arraycopy(bytes.array(), 0, target, offset, bytes.position());
    }

    /**
     * Nothing in the driver should ask for text; if it did, this would be refused by the server.
     */
    @Override
    public String getValue() {
        throw new UnsupportedOperationException(
                "the driver does not send " + elements.arrayName() + " in binary");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public Object clone() throws CloneNotSupportedException {
        throw new CloneNotSupportedException(Objects.toString(getType()));
    }
}
