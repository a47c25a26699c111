/**
 * HTTP: what every route shares: problems (RFC 9457), strict reading of JSON, writing of JSON,
 * request ids, limits and the server itself.
 *
 * <p>May use: Helidon's web server, JSON-P, concurrent, config, observe, store (for ids). Start
 * reading at {@link io.oqim.http.Problem} and {@link io.oqim.http.JsonFields}.
 */
@NullMarked
package io.oqim.http;

import org.jspecify.annotations.NullMarked;
