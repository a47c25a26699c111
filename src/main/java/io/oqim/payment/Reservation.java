package io.oqim.payment;

import io.oqim.bank.Bank;

/** The room that one payment was promised: at a bank, and in the queues behind. Closed once. */
record Reservation(Bank bank, Bank.Place place, Admission.Permit permit) implements AutoCloseable {
    @Override
    public void close() {
        place.close();
        permit.close();
    }
}
