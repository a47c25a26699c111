package io.oqim.payment;

import io.oqim.bank.Banks;
import io.oqim.config.OqimConfig;
import io.oqim.crypto.CryptoPool;
import io.oqim.crypto.Hashes;
import io.oqim.ledger.Balances;
import io.oqim.observe.Traces;
import io.oqim.store.Journal;
import java.util.function.LongUnaryOperator;

/**
 * What payments are made with: the tools that every step of them shares.
 *
 * @param behind how long a tenant's new payments would wait, in nanoseconds
 */
record Works(
        OqimConfig config,
        Journal journal,
        Banks banks,
        Checks checks,
        CryptoPool crypto,
        Hashes hashes,
        Wallet wallet,
        Settling settling,
        PaymentChanges changes,
        SecondCommit secondCommit,
        Evidence evidence,
        Turns turns,
        PaymentStore payments,
        OperationStore operations,
        DueStore due,
        Undecided undecided,
        Balances balances,
        Claims claims,
        Traces traces,
        LongUnaryOperator behind) {}
