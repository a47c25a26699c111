package io.oqim.sandbox;

/** What one row of the books tells: a movement of an operation, or the change of a dispute. */
sealed interface Entry permits Movement, DisputeChange {}
