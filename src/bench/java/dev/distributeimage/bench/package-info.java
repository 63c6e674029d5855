/** The engine's speed beside that of what a team would use instead. */
@NullMarked
package dev.distributeimage.bench;

import org.jspecify.annotations.NullMarked;
