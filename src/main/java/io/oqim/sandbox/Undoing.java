package io.oqim.sandbox;

/**
 * What a void by reference undid.
 *
 * @param reference that the bank refuses from now on
 * @param hadEffect the bank had to give money back; false when the reference was never seen, or had
 *     moved nothing
 */
record Undoing(String reference, boolean hadEffect) {}
