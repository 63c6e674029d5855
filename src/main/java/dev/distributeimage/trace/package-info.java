/**
 * Traces of requests and of the runs that they start; nothing else knows OpenTelemetry.
 */
@NullMarked
package dev.distributeimage.trace;

import org.jspecify.annotations.NullMarked;
