/** Requests that change runs: start, cancel, retry. */
@NullMarked
package dev.distributeimage.run.intake;

import org.jspecify.annotations.NullMarked;
