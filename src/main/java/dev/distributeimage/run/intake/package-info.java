/** Requests that change runs: start, cancel, retry, remove what is left. */
@NullMarked
package dev.distributeimage.run.intake;

import org.jspecify.annotations.NullMarked;
