/** An interpreter of Arazzo 1.0.1 that is given recorded calls instead of making them. */
@NullMarked
package dev.distributeimage.arazzo;

import org.jspecify.annotations.NullMarked;
