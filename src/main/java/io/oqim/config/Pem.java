package io.oqim.config;

import io.helidon.common.configurable.Resource;
import io.helidon.common.pki.Keys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/** Certificates and keys out of PEM files (RFC 7468). */
final class Pem {
    private Pem() {}

    /** Trusts what these certificates have signed. */
    static TrustManagerFactory trust(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> read =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (read.isEmpty()) {
                throw new CertificateException("no certificate");
            }
            for (Certificate certificate : read) {
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
        }
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust;
    }

    /**
     * Shows a certificate.
     *
     * @param file the certificate, and those between it and its root
     */
    static KeyManagerFactory identity(Path file, Path key)
            throws IOException, GeneralSecurityException {
        Keys keys =
                Keys.builder()
                        .pem(pem -> pem.certChain(Resource.create(file)).key(Resource.create(key)))
                        .build();
        List<X509Certificate> chain = keys.certChain();
        PrivateKey secret = keys.privateKey().orElseThrow();
        if (!belong(secret, chain.getFirst())) {
            throw new CertificateException("the key is another one's");
        }
        KeyStore store = empty();
        store.setKeyEntry("own", secret, new char[0], chain.toArray(Certificate[]::new));
        KeyManagerFactory identity =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        identity.init(store, new char[0]);
        return identity;
    }

    /** What the one signs the other must find to be signed. */
    private static boolean belong(PrivateKey key, X509Certificate certificate)
            throws GeneralSecurityException {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default -> key.getAlgorithm();
                };
        byte[] probe = {1, 2, 3};
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(probe);
        Signature checking = Signature.getInstance(algorithm);
        checking.initVerify(certificate.getPublicKey());
        checking.update(probe);
        return checking.verify(signing.sign());
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
