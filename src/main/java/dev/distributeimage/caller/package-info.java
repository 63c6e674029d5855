/** The sender of a request, and its rights. */
@NullMarked
package dev.distributeimage.caller;

import org.jspecify.annotations.NullMarked;
