package io.oqim.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * Whom we trust and who we are on connections that we open with TLS, out of PEM files that are read
 * once, at the start.
 *
 * @param trust those who may sign the other side's certificate; empty means those whom the JDK
 *     trusts
 * @param identity our own certificate; empty means that we show none
 */
public record TlsConfig(Optional<TrustManagerFactory> trust, Optional<KeyManagerFactory> identity) {
    private static final Path NONE = Path.of("");

    static TlsConfig read(Settings s, String prefix, String peer) {
        Path ca =
                file(
                        s,
                        prefix + "tls-ca",
                        "PEM file of the certificates that sign "
                                + peer
                                + "'s; empty means those that the JDK trusts");
        Path certificate =
                file(
                        s,
                        prefix + "tls-certificate",
                        "PEM file of the certificate that we show to "
                                + peer
                                + ", its chain behind it; empty means none");
        Path key =
                file(
                        s,
                        prefix + "tls-key",
                        "PEM file of its private key: PKCS #8, without a password");
        if (certificate.equals(NONE) != key.equals(NONE)) {
            s.problem(
                    prefix + "tls-key",
                    "and " + prefix + "tls-certificate go together: one alone is of no use");
            return new TlsConfig(trust(s, prefix, ca), Optional.empty());
        }
        return new TlsConfig(trust(s, prefix, ca), identity(s, prefix, certificate, key));
    }

    /** Makes sockets of this kind. */
    public SSLSocketFactory sockets() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    identity.map(KeyManagerFactory::getKeyManagers).orElse(null),
                    trust.map(TrustManagerFactory::getTrustManagers).orElse(null),
                    null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    private static Optional<TrustManagerFactory> trust(Settings s, String prefix, Path ca) {
        if (ca.equals(NONE)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Pem.trust(ca));
        } catch (IOException | GeneralSecurityException e) {
            s.problem(prefix + "tls-ca", "names " + ca + ", which has no certificates in PEM");
            return Optional.empty();
        }
    }

    private static Optional<KeyManagerFactory> identity(
            Settings s, String prefix, Path certificate, Path key) {
        if (certificate.equals(NONE)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Pem.identity(certificate, key));
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            s.problem(
                    prefix + "tls-certificate",
                    "names "
                            + certificate
                            + ", which is no certificate in PEM that fits the private key in "
                            + key);
            return Optional.empty();
        }
    }

    private static Path file(Settings s, String key, String meaning) {
        String text = s.text(key, "", meaning);
        if (text.isEmpty()) {
            return NONE;
        }
        try {
            Path file = Path.of(text);
            if (Files.isReadable(file) && Files.isRegularFile(file)) {
                return file;
            }
        } catch (InvalidPathException e) {
            // reported below
        }
        s.problem(key, "must name a file that can be read, but is '" + text + "'");
        return NONE;
    }
}
