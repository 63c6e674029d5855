/** Compares the engine's speed with that of the engines a team would use instead. */
@NullMarked
package dev.distributeimage.bench;

import org.jspecify.annotations.NullMarked;
