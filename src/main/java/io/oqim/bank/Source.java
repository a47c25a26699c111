package io.oqim.bank;

/** Where the bank shall take the money from. */
public sealed interface Source permits CardDetails, BankToken {}
