package io.oqim.sandbox;

import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.util.Optional;

/** Decides what a call meets: control rules first, then the amount's suffix, then the card. */
final class Strikes {
    private final String bank;
    private final Controls controls;
    private final Clock clock;

    Strikes(String bank, Controls controls, Clock clock) {
        this.bank = bank;
        this.controls = controls;
        this.clock = clock;
    }

    Strike onPayment(PayOrder order) {
        SuffixTimes times = controls.times();
        Optional<Suffix> suffix =
                controls.suffixesEnabled() ? Suffix.onPayment(order.amount()) : Optional.empty();
        Decision ofCard = order.card().decision(times.challenge(), YearMonth.now(clock));
        if (order.challenge() && ofCard instanceof Decision.Approve) {
            ofCard = new Decision.Challenge(times.challenge());
        }
        boolean disputed = order.card().disputed() || suffix.filter(Suffix::isDisputed).isPresent();
        return strike(Call.of(order.kind()), suffix, ofCard, disputed);
    }

    Strike onLaterCall(LaterOrder order, Amount original) {
        Optional<Suffix> suffix =
                controls.suffixesEnabled()
                        ? Suffix.onLaterCall(order.kind(), order.amount(), original)
                        : Optional.empty();
        return strike(Call.of(order.kind()), suffix, Decision.APPROVE, false);
    }

    /** A call that no suffix can strike. */
    Strike on(Call call) {
        return strike(call, Optional.empty(), Decision.APPROVE, false);
    }

    private Strike strike(Call call, Optional<Suffix> suffix, Decision standard, boolean disputed) {
        SuffixTimes times = controls.times();
        Decision decision = suffix.flatMap(s -> s.decision(times)).orElse(standard);
        Duration lag =
                suffix.filter(s -> s == Suffix.ENQUIRY_LAGS)
                        .map(s -> times.enquiryLag())
                        .orElse(Duration.ZERO);
        Optional<FaultRule> rule = controls.faults().draw(bank, call);
        if (rule.isPresent()) {
            FaultRule struck = rule.get();
            return new Strike(struck.action(), decision, struck.fault(), lag, true, disputed);
        }
        String name = suffix.map(Suffix::digits).orElse(null);
        Fault fault = suffix.map(s -> s.fault(times)).orElse(Fault.NONE);
        return new Strike(name, decision, fault, lag, false, disputed);
    }
}
