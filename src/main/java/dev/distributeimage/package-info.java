/** The service as a whole: what starts it. */
@NullMarked
package dev.distributeimage;

import org.jspecify.annotations.NullMarked;
