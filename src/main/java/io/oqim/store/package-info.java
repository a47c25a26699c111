/**
 * Store: the database and the one door through which it is written, the journal.
 *
 * <p>Knows no feature: rooms describe their rows as {@link io.oqim.store.Write} and their changes
 * as {@link io.oqim.store.Change}; the journal gathers changes of many callers into few
 * transactions.
 *
 * <p>May use: the JDK, JDBC, HikariCP, Flyway, Micrometer, concurrent and config. Start reading at
 * {@link io.oqim.store.Journal}, then {@link io.oqim.store.Lane}.
 */
@NullMarked
package io.oqim.store;

import org.jspecify.annotations.NullMarked;
