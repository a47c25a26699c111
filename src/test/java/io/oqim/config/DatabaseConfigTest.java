package io.oqim.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseConfigTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db/oqim",
                "jdbc:postgresql://db:5432/oqim?sslmode=verify-full&sslrootcert=/ca.crt",
                "jdbc:postgresql://a:5432,b:5432/oqim?targetServerType=primary",
                "jdbc:postgresql://a,b/oqim?sslmode=require&targetServerType=primary&connectTimeout=1"
            })
    void oneServerOrSeveralAreNamedByTheirUrl(String url) {
        assertThat(Samples.problems("database.url", url)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://a,b/oqim",
                "jdbc:postgresql://a,b/oqim?targetServerType=any",
                "jdbc:postgresql://a,b/oqim?targetServerType=primaryish"
            })
    void ofSeveralServersOneThatOnlyReadsMustNotBeTaken(String url) {
        assertThat(Samples.problems("database.url", url))
                .containsExactly(
                        "database.url must say targetServerType=primary when it names several servers: one that only"
                                + " reads would be taken too");
    }

    @Test
    void noUrlHoldsAPassword() {
        assertThat(Samples.problems("database.url", "mysql://db/oqim"))
                .containsExactly("database.url must begin with jdbc:postgresql:");
        assertThat(
                        Samples.problems(
                                "database.replica-url",
                                "jdbc:postgresql://db/oqim?password=secret"))
                .containsExactly(
                        "database.replica-url must not hold user or password: they have keys of their own, which are"
                                + " not shown");
    }
}
