package io.oqim.bank.generic;

import io.oqim.bank.Authorize;
import io.oqim.bank.BankCall;
import io.oqim.bank.BankConnector;
import io.oqim.bank.BankHttp;
import io.oqim.bank.BankOperation;
import io.oqim.bank.BankReply;
import io.oqim.bank.Capabilities;
import io.oqim.bank.DisputeFeed;
import io.oqim.bank.DisputeReply;
import io.oqim.bank.DisputeResponse;
import io.oqim.bank.Enquiry;
import io.oqim.bank.HttpAnswer;
import io.oqim.bank.Modify;
import io.oqim.bank.RiskAnswer;
import io.oqim.bank.RiskQuestion;
import io.oqim.bank.Tombstone;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Speaks Oqim's bank protocol. */
public final class GenericBank implements BankConnector {
    private static final byte[] NO_BODY = new byte[0];

    private final BankHttp http;
    private final Capabilities capabilities;

    public GenericBank(BankHttp http, Capabilities capabilities) {
        this.http = http;
        this.capabilities = capabilities;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public BankReply authorize(Authorize request, BankCall call) {
        byte[] body = Requests.authorize(request, call.reference());
        return Replies.money(
                http.exchange(BankHttp.Method.POST, "/v1/payments", body, call),
                new Replies.Asked(
                        request.capture() ? BankOperation.SALE : BankOperation.AUTHORIZE,
                        call.reference()));
    }

    @Override
    public BankReply capture(Modify request, BankCall call) {
        return modify(
                BankOperation.CAPTURE,
                request,
                Requests.amount(call.reference(), request.amount()),
                call);
    }

    @Override
    public BankReply voidRemainder(Modify request, BankCall call) {
        return modify(BankOperation.VOID, request, Requests.reference(call.reference()), call);
    }

    @Override
    public BankReply refund(Modify request, BankCall call) {
        return modify(
                BankOperation.REFUND,
                request,
                Requests.amount(call.reference(), request.amount()),
                call);
    }

    @Override
    public BankReply adjust(Modify request, BankCall call) {
        return modify(
                BankOperation.ADJUST,
                request,
                Requests.amount(call.reference(), request.amount()),
                call);
    }

    @Override
    public Enquiry enquire(BankOperation asked, BankCall call) {
        HttpAnswer answer =
                http.exchange(
                        BankHttp.Method.GET,
                        "/v1/references/" + path(call.reference()),
                        NO_BODY,
                        call);
        return Replies.enquiry(answer, new Replies.Asked(asked, call.reference()));
    }

    @Override
    public Tombstone tombstone(String target, BankCall call) {
        byte[] body = Requests.reference(call.reference());
        return Replies.tombstone(
                http.exchange(
                        BankHttp.Method.POST,
                        "/v1/references/" + path(target) + "/void",
                        body,
                        call),
                call.reference());
    }

    @Override
    public RiskAnswer checkRisk(RiskQuestion question, BankCall call) {
        byte[] body = Requests.risk(question, call.reference());
        return Replies.risk(http.exchange(BankHttp.Method.POST, "/v1/risk-checks", body, call));
    }

    @Override
    public DisputeFeed disputes(long after, BankCall call) {
        return DisputeReplies.feed(
                http.exchange(
                        BankHttp.Method.GET, "/v1/disputes?limit=50&after=" + after, NO_BODY, call),
                after);
    }

    @Override
    public DisputeReply evidence(DisputeResponse.Part part, BankCall call) {
        String path =
                "/v1/disputes/"
                        + path(part.dispute())
                        + "/files/"
                        + path(part.file().id())
                        + "/parts/"
                        + part.number();
        return DisputeReplies.part(
                http.exchange(BankHttp.Method.POST, path, DisputeRequests.part(part), call),
                part.file().id());
    }

    @Override
    public DisputeReply respond(DisputeResponse response, BankCall call) {
        return DisputeReplies.response(
                http.exchange(
                        BankHttp.Method.POST,
                        "/v1/disputes/" + path(response.dispute()) + "/response",
                        DisputeRequests.response(response, call.reference()),
                        call),
                response.dispute());
    }

    private BankReply modify(BankOperation operation, Modify request, byte[] body, BankCall call) {
        String path = "/v1/payments/" + path(request.bankReference()) + "/" + collection(operation);
        return Replies.money(
                http.exchange(BankHttp.Method.POST, path, body, call),
                new Replies.Asked(operation, call.reference()));
    }

    private static String collection(BankOperation operation) {
        return switch (operation) {
            case CAPTURE -> "captures";
            case VOID -> "voids";
            case REFUND -> "refunds";
            case ADJUST -> "adjustments";
            case AUTHORIZE, SALE -> throw new IllegalArgumentException(operation.name());
        };
    }

    private static String path(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
