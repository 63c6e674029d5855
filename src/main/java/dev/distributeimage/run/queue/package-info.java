/** The queue of runs in PostgreSQL: claims, and the only writer of their outcomes. */
@NullMarked
package dev.distributeimage.run.queue;

import org.jspecify.annotations.NullMarked;
