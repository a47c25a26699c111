/** Faults for tests: what stands between Oqim and its parts, and breaks. */
package io.oqim.testing;
