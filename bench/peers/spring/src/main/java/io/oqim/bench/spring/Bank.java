package io.oqim.bench.spring;

import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.json.JsonMapper;

@Component
class Bank {
    private final RestClient client;
    private final JsonMapper json;

    private record RiskCheck(UUID reference, long amount, String currency, String cardFirst6) {}

    private record Decision(String decision) {}

    private record SaleRequest(
            UUID reference,
            long amount,
            String currency,
            boolean capture,
            PaymentRequest.Card card) {}

    record Sale(String status, String bankReference, String authCode) {}

    Bank(RestClient bankClient, JsonMapper json) {
        this.client = bankClient;
        this.json = json;
    }

    boolean allows(Payment payment) {
        RiskCheck body =
                new RiskCheck(
                        payment.id(),
                        payment.amount(),
                        payment.currency(),
                        payment.paymentMethod().card().first6());
        return "allow".equals(post("/v1/risk-checks", body, Decision.class).decision());
    }

    Sale pay(Payment payment, PaymentRequest.Card card) {
        SaleRequest body =
                new SaleRequest(payment.id(), payment.amount(), payment.currency(), true, card);
        return post("/v1/payments", body, Sale.class);
    }

    /** The body as bytes, which have a length: an object would be sent in chunks. */
    private <T> T post(String path, Object body, Class<T> type) {
        T answer =
                client.post()
                        .uri(path)
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(json.writeValueAsBytes(body))
                        .retrieve()
                        .body(type);
        if (answer == null) {
            throw new RestClientException("The bank's answer is empty.");
        }
        return answer;
    }
}
