package io.oqim.sandbox;

import java.time.Instant;

/**
 * One line of the books.
 *
 * @param seq its number: without gaps, over all banks
 */
record Row(long seq, Instant at, String bank, Entry entry) {}
