/**
 * Payment: the use cases of payments, their states, idempotency, and the resolver of open outcomes.
 *
 * <p>The way of one payment: {@link io.oqim.payment.PaymentRoutes} reads the request, {@link
 * io.oqim.payment.Payments} begins or joins the {@link io.oqim.payment.Work} on its key, {@link
 * io.oqim.payment.Entrance} lets it in, {@link io.oqim.payment.Driver} carries it through fan-out,
 * first commit, bank and {@link io.oqim.payment.SecondCommit}; {@link io.oqim.payment.Settling}
 * says what each bank reply makes of it; {@link io.oqim.payment.Resolver} finishes what could not
 * be finished. {@link io.oqim.payment.Claims} knows what a key came to in any process.
 *
 * <p>What is asked of a payment that exists is judged by {@link io.oqim.payment.Lifecycle} and
 * carried by {@link io.oqim.payment.Modifier}; {@link io.oqim.payment.Sending} is what both have in
 * common. What Oqim begins by itself is planned by {@link io.oqim.payment.Then} and carried out by
 * {@link io.oqim.payment.OwnOperations}; {@link io.oqim.payment.OperatorQueue} is for what is left.
 *
 * <p>What a bank's customer wants back is kept by {@link io.oqim.payment.DisputeInbox}, booked by
 * {@link io.oqim.payment.DisputeBooking}, and answered by {@link io.oqim.payment.DisputeResponses}
 * and {@link io.oqim.payment.DisputeSender}.
 *
 * <p>May use: bank, ledger, merchant, event, risk and the tools. Nobody but the root uses it. Start
 * reading at {@link io.oqim.payment.Payments}, then {@link io.oqim.payment.Driver}.
 */
@NullMarked
package io.oqim.payment;

import org.jspecify.annotations.NullMarked;
