package io.oqim.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisConfigTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://a",
                "redis://user:secret@a:6379/2",
                "rediss://a:6380",
                "redis://[::1]:6379",
                "redis-sentinel://a:26379,b:26379#main",
                "rediss-sentinel://secret@a,b,c#main",
                "redis-cluster://a",
                "rediss-cluster://user:secret@a:1,b:2,c:3"
            })
    void eachWayInWhichRedisIsRunHasAUrl(String url) {
        assertThat(Samples.problems("redis.url", url)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "http://a",
                "redis://",
                "redis://a,b",
                "redis://:hidden@",
                "redis-sentinel://a",
                "redis-sentinel://a#",
                "redis-cluster://",
                "redis-cluster://a,,b",
                "redis-cluster://a:hidden"
            })
    void whatIsNoneIsRefusedWithoutBeingShown(String url) {
        List<String> problems = Samples.problems("redis.url", url);

        assertThat(problems).hasSize(1);
        assertThat(problems.getFirst())
                .startsWith("redis.url must be redis://HOST:PORT")
                .doesNotContain("hidden");
    }

    @Test
    void theServersOfAClusterAreAskedWithItsLogin() {
        RedisConfig config =
                Samples.config("redis.url", "rediss-cluster://user:p@ss@a:1,b:2?clientName=x")
                        .redis();

        assertThat(config.isCluster()).isTrue();
        assertThat(config.clusterUrls().stream().map(Secret::reveal))
                .containsExactly(
                        "rediss://user:p@ss@a:1?clientName=x",
                        "rediss://user:p@ss@b:2?clientName=x");
    }
}
