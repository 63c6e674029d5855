/**
 * PostgreSQL support that is independent of runs: rows as arrays, batches, failures,
 * health.
 */
@NullMarked
package dev.distributeimage.run.postgres;

import org.jspecify.annotations.NullMarked;
