/** Callers that wait for a run: long polling and server-sent events. */
@NullMarked
package dev.distributeimage.api.watch;

import org.jspecify.annotations.NullMarked;
