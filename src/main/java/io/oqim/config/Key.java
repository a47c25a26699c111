package io.oqim.config;

/**
 * One documented configuration key.
 *
 * @param name the key as it stands in application.yaml, dotted
 * @param type what is accepted, with its unit
 * @param standard the default as it would be written, or "required"
 * @param meaning what it does
 */
public record Key(String name, String type, String standard, String meaning) {
    /** The environment variable that sets this key. */
    public String environmentName() {
        return environmentName(name);
    }

    static String environmentName(String key) {
        return "OQIM_" + key.replace('.', '_').replace('-', '_').toUpperCase(java.util.Locale.ROOT);
    }
}
