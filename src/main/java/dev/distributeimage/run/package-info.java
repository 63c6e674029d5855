/** What a run is, how it is kept, and every way it may change. */
@NullMarked
package dev.distributeimage.run;

import org.jspecify.annotations.NullMarked;
