package io.oqim.sandbox;

import java.util.Locale;

/** One call of the bank protocol, as latencies and fault rules name it. */
enum Call {
    RISK_CHECK(Traffic.RISK),
    ENQUIRY(Traffic.ENQUIRY),
    CAPABILITIES(Traffic.ENQUIRY),
    TOKEN(Traffic.ENQUIRY),
    AUTHORIZE(Traffic.MONEY),
    SALE(Traffic.MONEY),
    CAPTURE(Traffic.MONEY),
    VOID(Traffic.MONEY),
    REFUND(Traffic.MONEY),
    ADJUST(Traffic.MONEY),
    VOID_BY_REFERENCE(Traffic.MONEY),
    DISPUTES(Traffic.DISPUTE),
    DISPUTE_FILE(Traffic.DISPUTE),
    DISPUTE_RESPONSE(Traffic.DISPUTE);

    private final Traffic traffic;

    Call(Traffic traffic) {
        this.traffic = traffic;
    }

    /** Calls that take about as long as each other. */
    enum Traffic {
        RISK,
        MONEY,
        ENQUIRY,
        DISPUTE;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Call of(OperationKind kind) {
        return switch (kind) {
            case AUTHORIZE -> AUTHORIZE;
            case SALE -> SALE;
            case CAPTURE -> CAPTURE;
            case VOID -> VOID;
            case REFUND -> REFUND;
            case ADJUST -> ADJUST;
        };
    }

    Traffic traffic() {
        return traffic;
    }

    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a rule for {@code operation} concerns this call. */
    boolean isNamedBy(String operation) {
        return operation.equals("all")
                || operation.equals(traffic.wire())
                || operation.equals(wire());
    }

    static boolean isName(String operation) {
        for (Call call : values()) {
            if (call.isNamedBy(operation)) {
                return true;
            }
        }
        return false;
    }
}
