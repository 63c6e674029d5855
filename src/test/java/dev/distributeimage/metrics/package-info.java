/** Tests of what the service tells Prometheus. */
@NullMarked
package dev.distributeimage.metrics;

import org.jspecify.annotations.NullMarked;
