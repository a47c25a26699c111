/**
 * Dev: everything that Oqim needs on one machine with a JDK and nothing else: PostgreSQL and Redis
 * as real binaries out of Maven artifacts, the simulated banks, and Oqim itself. For {@code ./mvnw
 * -Pdev}, and for the tests.
 *
 * <p>Start reading at {@link io.oqim.dev.Dev}.
 */
package io.oqim.dev;
