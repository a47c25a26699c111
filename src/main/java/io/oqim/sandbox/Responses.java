package io.oqim.sandbox;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Hears what callers say to disputes: the evidence first, part by part, then the answer. */
final class Responses {
    private static final int UNPROCESSABLE = 422;

    private final Disputes disputes;
    private final Evidence evidence;
    private final Deadlines deadlines;
    private final Teller teller;
    private final Supplier<Duration> timeOfReview;

    /** What all calls about one dispute tell of themselves. */
    record Call(String dispute, @Nullable String fault, long latestNanos) {
        void refuseIfLate() {
            if (System.nanoTime() - latestNanos > 0) {
                throw Refusal.of(Answer.TOO_LATE);
            }
        }
    }

    /**
     * @param timeOfReview from an answer to what its evidence makes the bank decide
     */
    Responses(
            Disputes disputes,
            Evidence evidence,
            Deadlines deadlines,
            Teller teller,
            Supplier<Duration> timeOfReview) {
        this.disputes = disputes;
        this.evidence = evidence;
        this.deadlines = deadlines;
        this.teller = teller;
        this.timeOfReview = timeOfReview;
    }

    /** Keeps a part of the evidence, and returns how many parts of its file are here. */
    int keep(Call call, Evidence.Part part) {
        return disputes.holding(
                call.dispute(),
                now -> {
                    refuseIfClosed(now.dispute());
                    call.refuseIfLate();
                    return evidence.keep(call.dispute(), part);
                });
    }

    /** Takes one answer; the same one again is told how the dispute stands by now. */
    DisputeFeed.Item respond(Call call, ResponseOrder order) {
        return disputes.holding(
                call.dispute(),
                now -> {
                    if (now.dispute().isAnsweredBy(order.reference())) {
                        return now;
                    }
                    refuseIfClosed(now.dispute());
                    refuseIfIncomplete(call.dispute(), order);
                    call.refuseIfLate();
                    return answer(now.dispute(), order, call.fault());
                });
    }

    private DisputeFeed.Item answer(Dispute dispute, ResponseOrder order, @Nullable String fault) {
        DisputeStatus verdict = order.verdict();
        DisputeResponse response = new DisputeResponse(order.reference(), verdict);
        DisputeFeed.Item answered =
                disputes.write(dispute.answered(order.status(), response), fault);
        if (verdict != null) {
            deadlines.add(dispute.id(), teller.now().plus(timeOfReview.get()));
        }
        return answered;
    }

    private void refuseIfClosed(Dispute dispute) {
        if (!dispute.takesAnswersAt(teller.now())) {
            throw Disputes.closed("The dispute takes no answer any more.");
        }
    }

    private void refuseIfIncomplete(String dispute, ResponseOrder order) {
        if (!order.contest()) {
            return;
        }
        for (Evidence.Stated file : order.files()) {
            if (!evidence.matches(dispute, file)) {
                throw new Refusal(
                        UNPROCESSABLE,
                        "evidence_incomplete",
                        "The bank has not got " + file.file() + " as it was said to be.",
                        "files");
            }
        }
    }
}
