/** A run: its state, its transitions, and the values it consists of. */
@NullMarked
package dev.distributeimage.run;

import org.jspecify.annotations.NullMarked;
