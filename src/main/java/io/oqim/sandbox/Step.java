package io.oqim.sandbox;

/** What the teller does next: write a movement into the books, or only answer. */
sealed interface Step permits Movement, Answer {}
