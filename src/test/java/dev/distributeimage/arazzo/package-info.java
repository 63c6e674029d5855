/** An Arazzo 1.0.1 interpreter that evaluates recorded calls instead of making them. */
@NullMarked
package dev.distributeimage.arazzo;

import org.jspecify.annotations.NullMarked;
