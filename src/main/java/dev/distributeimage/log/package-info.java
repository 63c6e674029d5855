/** Keeps control characters out of the log. */
@NullMarked
package dev.distributeimage.log;

import org.jspecify.annotations.NullMarked;
