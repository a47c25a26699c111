package io.oqim.bench.spring;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

@SpringBootApplication
public class SpringPeer {
    private static final Duration BANK_TIMEOUT = Duration.ofSeconds(6);

    public static void main(String[] arguments) {
        SpringApplication.run(SpringPeer.class, arguments);
    }

    @Bean
    ExecutorService tasks() {
        return Executors.newVirtualThreadPerTaskExecutor();
    }

    @Bean
    HttpClient httpClient(ExecutorService tasks) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(BANK_TIMEOUT)
                .executor(tasks)
                .build();
    }

    @Bean
    RestClient bankClient(
            RestClient.Builder builder,
            HttpClient httpClient,
            ExecutorService tasks,
            @Value("${peer.bank-url}") String url) {
        var factory = new JdkClientHttpRequestFactory(httpClient, tasks);
        factory.setReadTimeout(BANK_TIMEOUT);
        return builder.baseUrl(url).requestFactory(factory).build();
    }
}
