/** The runs as a queue in PostgreSQL: claims, and the one writer of their outcomes. */
@NullMarked
package dev.distributeimage.run.queue;

import org.jspecify.annotations.NullMarked;
