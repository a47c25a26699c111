package io.oqim.vault;

import io.oqim.config.VaultConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Key-encryption keys that the configuration holds, out of a file that is mounted for it. */
final class LocalKeys implements KeyEncryption {
    private final Map<String, Cipher> keys = new LinkedHashMap<>();
    private final String current;

    /**
     * @param named the one that wraps first; at least one
     */
    LocalKeys(List<VaultConfig.NamedKey> named) {
        named.forEach(key -> keys.put(key.name(), new Cipher(key.bytes())));
        current = named.getFirst().name();
    }

    @Override
    public String current() {
        return current;
    }

    @Override
    public Wrapped wrap(byte[] dataKey, byte[] context) {
        return new Wrapped(current, cipher(current).encrypt(dataKey, context));
    }

    @Override
    public byte[] unwrap(Wrapped wrapped, byte[] context) {
        return cipher(wrapped.kek()).decrypt(wrapped.bytes(), context);
    }

    private Cipher cipher(String name) {
        Cipher cipher = keys.get(name);
        if (cipher == null) {
            throw new KeyUnavailable(
                    "vault.keys has no key of the name '" + name + "', which is in use");
        }
        return cipher;
    }
}
