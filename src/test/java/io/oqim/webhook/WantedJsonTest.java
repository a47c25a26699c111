package io.oqim.webhook;

import static io.oqim.http.Refusals.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.oqim.config.OqimConfig;
import io.oqim.config.Settings;
import io.oqim.http.Json;
import io.oqim.http.Problem;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an endpoint may be. */
class WantedJsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://shop.example",
                "https://shop.example?token=a%2Fb",
                "https://shop.example:8443/hooks/oqim.v1/...?a=b;c//d/../e",
                "https://8.8.8.8/",
                "https://[2606:4700::1111]/",
                "HTTPS://SHOP.EXAMPLE/"
            })
    void anAddressOfThePublicInternetIsTakenAsItIsWritten(String url) {
        assertThat(read(url).url()).isEqualTo(URI.create(url));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://shop.example/",
                "ftp://shop.example/",
                "shop.example",
                "/hook",
                "https:///hook",
                "https:hook",
                "https://shop.example:0/",
                "https://shop.example:65536/",
                "https://user:secret@shop.example/",
                "https://shop.example/#top",
                "https://shop.example/a b",
                "https://shop.example//hook",
                "https://shop.example/a/../hook",
                "https://shop.example/./hook",
                "https://shop.example/hook/..",
                "https://shop.example/hook;v=1",
                "https://127.0.0.1/",
                "https://127.1/",
                "https://2130706433/",
                "https://0x7f000001/",
                "https://10.0.0.1/",
                "https://169.254.169.254/latest",
                "https://[::1]/",
                "https://[::ffff:10.0.0.1]/",
                "https://[fd00:ec2::254]/"
            })
    void anyOtherAddressIsRefusedByName(String url) {
        Problem problem = problem(() -> read(url));

        assertThat(problem.status()).isEqualTo(422);
        assertThat(problem.code()).isEqualTo("invalid_url");
        assertThat(problem.param()).contains("url");
    }

    @Test
    void inDevelopmentPlainAddressesOfTheMachineAreTaken() {
        String url = "http://127.0.0.1:9000/hook";

        assertThat(read(url, "webhooks.allow-http", "true", "webhooks.allow-private", "true").url())
                .isEqualTo(URI.create(url));
    }

    private static EndpointStore.Wanted read(String url, String... settings) {
        Map<String, String> values = new HashMap<>();
        values.put("admin-key", "an-admin-key-of-thirty-one-char");
        values.put("crypto.key", "a-crypto-key-of-at-least-thirty-two-characters");
        values.put("vault.keys", "local:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=");
        for (int i = 0; i < settings.length; i += 2) {
            values.put(settings[i], settings[i + 1]);
        }
        WantedJson json =
                new WantedJson(OqimConfig.from(new Settings(values, Map.of())).webhooks());
        String body = "{\"url\":\"" + url + "\"}";
        return json.read(Json.object(body.getBytes(StandardCharsets.UTF_8)));
    }
}
