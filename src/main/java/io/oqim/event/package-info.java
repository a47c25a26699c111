/**
 * Event: a tenant's log of everything that happened, in one order, each entry chained to the one
 * before.
 *
 * <p>Events are written by the journal, in the transaction of the change that they tell of; this
 * room gives the journal its statements and the hash ({@link io.oqim.event.EventSequencer}), reads
 * the log ({@link io.oqim.event.EventLog}) and tells readers that there is something new ({@link
 * io.oqim.event.EventFeed}). The format is described in docs/events.md.
 *
 * <p>May use: store, crypto, redis, observe. Start reading at {@link io.oqim.event.EventSequencer}.
 */
@NullMarked
package io.oqim.event;

import org.jspecify.annotations.NullMarked;
