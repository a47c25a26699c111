/**
 * Chaos: a whole Oqim of many processes under load, of which one part after the other is killed,
 * stopped or cut off, and what must be true afterwards. Start reading at {@link
 * io.oqim.chaos.Chaos}.
 */
package io.oqim.chaos;
