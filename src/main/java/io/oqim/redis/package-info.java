/**
 * Redis, as one server, behind Sentinels, or as a cluster: what makes Oqim faster and may be lost
 * at any time. Every call has a short time-out and an answer for the case that Redis is gone;
 * nothing here is ever the truth about money.
 *
 * <p>May use: Lettuce, Bucket4j, Micrometer, concurrent, config. Start reading at {@link
 * io.oqim.redis.Redis}.
 */
@NullMarked
package io.oqim.redis;

import org.jspecify.annotations.NullMarked;
