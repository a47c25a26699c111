package io.oqim.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.testing.Authority;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsConfigTest {
    @TempDir private Path folder;

    @Test
    void filesInPemAreReadAtTheStart() throws Exception {
        Authority authority = new Authority(folder);
        Authority.Issued own = authority.issue("oqim.example");

        TlsConfig tls =
                Samples.config(
                                "banks.alpha.tls-ca", authority.root().toString(),
                                "banks.alpha.tls-certificate", own.certificate().toString(),
                                "banks.alpha.tls-key", own.key().toString())
                        .banks()
                        .endpoints()
                        .getFirst()
                        .tls();

        assertThat(tls.trust()).isPresent();
        assertThat(tls.identity()).isPresent();
    }

    @Test
    void whatIsWrongWithThemIsSaidAtTheStart() throws Exception {
        Authority.Issued own = new Authority(folder).issue("oqim.example");
        String certificate = own.certificate().toString();
        String key = own.key().toString();
        String text = Files.writeString(folder.resolve("text"), "no certificate").toString();

        assertThat(Samples.problems("redis.tls-ca", "/nowhere"))
                .containsExactly(
                        "redis.tls-ca must name a file that can be read, but is '/nowhere'");
        assertThat(Samples.problems("redis.tls-ca", text))
                .containsExactly(
                        "redis.tls-ca names " + text + ", which has no certificates in PEM");
        assertThat(Samples.problems("redis.tls-certificate", certificate))
                .containsExactly(
                        "redis.tls-key and redis.tls-certificate go together: one alone is of no use");
        assertThat(
                        Samples.problems(
                                "redis.tls-certificate", certificate, "redis.tls-key", certificate))
                .containsExactly(
                        "redis.tls-certificate names "
                                + certificate
                                + ", which is no certificate in PEM that fits the private key in "
                                + certificate);
        assertThat(Samples.problems("redis.tls-certificate", certificate, "redis.tls-key", key))
                .isEmpty();
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() throws Exception {
        Authority authority = new Authority(folder);
        Authority.Issued own = authority.issue("oqim.example");
        Authority.Issued other = authority.issue("other.example");

        assertThat(
                        Samples.problems(
                                "redis.tls-certificate", own.certificate().toString(),
                                "redis.tls-key", other.key().toString()))
                .hasSize(1);
    }
}
