/** How long ended runs are kept. */
@NullMarked
package dev.distributeimage.retention;

import org.jspecify.annotations.NullMarked;
