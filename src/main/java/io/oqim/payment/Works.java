package io.oqim.payment;

import io.oqim.bank.Banks;
import io.oqim.config.OqimConfig;
import io.oqim.crypto.CryptoPool;
import io.oqim.crypto.Hashes;
import io.oqim.ledger.Balances;
import io.oqim.observe.Traces;
import io.oqim.store.Journal;
import java.util.function.BooleanSupplier;

/**
 * What payments are made with: the tools that every step of them shares.
 *
 * @param mayTryAgain whether what was late now may do better a moment later
 */
record Works(
        OqimConfig config,
        Journal journal,
        Banks banks,
        Checks checks,
        CryptoPool crypto,
        Hashes hashes,
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
        BooleanSupplier mayTryAgain) {}
