package io.oqim.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * What is to be written into the books.
 *
 * @param operation as it stands after it
 * @param amount that moved; what was asked for, when nothing did
 * @param fault that struck the call, or null
 */
record Movement(Operation operation, Effect effect, long amount, @Nullable String fault)
        implements Step, Entry {
    static Movement nothing(Operation operation, @Nullable String fault) {
        return new Movement(operation, Effect.NONE, operation.amount().minorUnits(), fault);
    }
}
