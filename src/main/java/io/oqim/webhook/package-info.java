/**
 * Webhook: events to merchants' own servers, by Standard Webhooks 1.0.0.
 *
 * <p>The log is the outbox. An endpoint is a cursor on its tenant's log; a worker that has its
 * lease moves the cursor and, in the same transaction, keeps a row for each event that it is about
 * to send ({@link io.oqim.webhook.EndpointRun}). A row is removed when the receiver has taken the
 * event, or waits for the next try. So nothing is lost between the log and the sending, and
 * payments do nothing for endpoints. Why: docs/decisions/0007.
 *
 * <p>May use: event, merchant and the tools, and Helidon's web client. Start reading at {@link
 * io.oqim.webhook.EndpointRun}; what may be called out to is decided by {@link
 * io.oqim.webhook.Names} and {@link io.oqim.webhook.PublicAddresses}.
 */
@NullMarked
package io.oqim.webhook;

import org.jspecify.annotations.NullMarked;
