package io.oqim.config;

/**
 * The least and the most that a number may be.
 *
 * @param unit of the number, such as "bytes"; empty for a plain count
 */
public record Bounds(long least, long most, String unit) {
    public static Bounds of(long least, long most) {
        return new Bounds(least, most, "");
    }

    public static Bounds bytes(long least, long most) {
        return new Bounds(least, most, "bytes");
    }

    String unitText() {
        return unit.isEmpty() ? "" : " " + unit;
    }
}
