package io.oqim.sandbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an open operation becomes when nothing else happens first.
 *
 * @param verdict the decline it becomes, or null when it is approved
 * @param callback whether the caller is told
 */
record Plan(Instant due, @Nullable Decline verdict, boolean callback) {}
