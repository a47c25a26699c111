package io.oqim.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Somebody who signs certificates, made by the JDK's keytool; nobody but tests trusts him. */
public final class Authority {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final Path folder;
    private final Path store;

    /** Makes him, and keeps his papers in a folder. */
    public Authority(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.store = folder.resolve("authority.p12");
        keytool("-alias", "root", "-dname", "CN=Test authority", "-ext", "bc:critical=ca:true");
    }

    /** A certificate and its key, in PEM. */
    public record Issued(Path certificate, Path key) {}

    /** His own certificate, in PEM. */
    public Path root() throws IOException {
        return write("root.crt", "CERTIFICATE", certificates("root")[0]);
    }

    /** Signs a new certificate for this name, which is a host's or a client's. */
    public Issued issue(String name) throws IOException {
        keytool(
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-ext",
                "SAN=dns:" + name + ",ip:127.0.0.1",
                "-signer",
                "root");
        Path key = folder.resolve(name + ".key");
        try {
            Key secret = open().getKey(name, PASSWORD);
            Files.writeString(key, pem("PRIVATE KEY", secret.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        return new Issued(write(name + ".crt", "CERTIFICATE", certificates(name)[0]), key);
    }

    /** A server that shows what was issued for this name, and trusts whom he has signed. */
    public SSLContext server(String name) throws IOException {
        try {
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry(name, open().getKey(name, PASSWORD), PASSWORD, certificates(name));
            KeyManagerFactory keys =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, PASSWORD);
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("root", certificates("root")[0]);
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private Certificate[] certificates(String name) throws IOException {
        try {
            return open().getCertificateChain(name);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private KeyStore open() throws IOException, GeneralSecurityException {
        KeyStore all = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            all.load(in, PASSWORD);
        }
        return all;
    }

    private Path write(String file, String kind, Certificate certificate) throws IOException {
        try {
            return Files.writeString(folder.resolve(file), pem(kind, certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static String pem(String kind, byte[] der) {
        String text =
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der);
        return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
    }

    private void keytool(String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-validity", "3650"));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", new String(PASSWORD)));
        command.addAll(List.of("-keystore", store.toString()));
        command.addAll(List.of(options));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said =
                    new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (keytool.waitFor() != 0) {
                throw new IOException("keytool: " + said);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
