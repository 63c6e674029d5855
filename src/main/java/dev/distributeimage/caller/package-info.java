/** Who sends a request, and what they may do. */
@NullMarked
package dev.distributeimage.caller;

import org.jspecify.annotations.NullMarked;
